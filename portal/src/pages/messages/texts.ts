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
    approve: "审核通过",
    reject: "不通过",
    reason: "原因",
    decided: "已审核",
    statuses: { approved: "已通过", rejected: "未通过", withdrawn: "已撤回" },
  },
  {
    filter: "Show",
    all: "All",
    unread: "Unread",
    read: "Read",
    mark: "Mark as read",
    none: "No messages",
    new: "Unread",
    approve: "Approve",
    reject: "Reject",
    reason: "Why it is rejected",
    decided: "The request is decided",
    statuses: { approved: "Approved", rejected: "Rejected", withdrawn: "Withdrawn" },
  },
);
