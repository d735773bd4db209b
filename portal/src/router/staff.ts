/** The console of the platform's staff. */

import type { Page } from "./types.ts";

export const staff: Page[] = [];
