import { texts } from "@/texts/index.ts";

export default texts(
  "manual",
  {
    chapters: "手册目录",
    home: "返回用户管理",
    failed: "手册没有载入，请检查网络后刷新页面。",
  },
  {
    chapters: "Contents of the manual",
    home: "To the user management",
    failed: "The manual did not load. Check the network, then load the page again.",
  },
);
