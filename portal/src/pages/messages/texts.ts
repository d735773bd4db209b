import { texts } from "@/texts/index.ts";

export default texts(
  "messages",
  {
    filter: "显示",
    all: "全部",
    unread: "未读",
    read: "已读",
    mark: "标为已读",
    none: "没有消息",
    new: "未读",
  },
  {
    filter: "Show",
    all: "All",
    unread: "Unread",
    read: "Read",
    mark: "Mark as read",
    none: "No messages",
    new: "Unread",
  },
);
