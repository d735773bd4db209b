import { defineConfig } from "@playwright/test";
import tests from "./playwright.config.ts";

/** What is measured and not only tested: on a machine that does nothing else. */
export default defineConfig({ ...tests, testDir: "measure", timeout: 900_000 });
