import { defineConfig } from "@playwright/test";
import tests from "../playwright.config.ts";

/** Takes the pictures of the manual and of the README anew: `script/manual`. */
export default defineConfig(tests, {
  testDir: ".",
  testMatch: "*.pictures.ts",
  outputDir: "../results/manual",
  // What went wrong is in the error; a record of every step would take longer than the pictures.
  use: { trace: "off" },
});
