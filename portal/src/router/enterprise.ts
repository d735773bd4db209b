/** The pages of an enterprise and of who administers it. */

import type { Page } from "./types.ts";

export const enterprise: Page[] = [];
