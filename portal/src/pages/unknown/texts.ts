import { texts } from "@/texts/index.ts";

export default texts(
  "unknown",
  { heading: "页面不存在", text: "地址可能有误，或者页面已经移走。", home: "返回工作台" },
  { heading: "There is no such page", text: "The address may be wrong, or the page has moved.", home: "To the workbench" },
);
