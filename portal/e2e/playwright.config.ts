import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests",
  outputDir: "results/failures",
  snapshotDir: "results/snapshots",
  // The page looks for the card bridge on ten fixed ports: a second desktop beside the first would be the same one to it.
  workers: 1,
  timeout: 300_000,
  expect: { timeout: 60_000 },
  forbidOnly: process.env["CI"] !== undefined,
  // A machine that stood still for seconds is no fault of what is tested; what fails twice is. What passed only the second time is told as flaky.
  retries: process.env["CI"] === undefined ? 0 : 1,
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env["EPORT_CHROMIUM"] ?? "/usr/bin/chromium",
      // In a container there is no sandbox to be had by root; only pages of these tests are opened.
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    },
  },
});
