import { texts } from "./index.ts";

/** What every page says. */
export default texts(
  "common",
  {
    title: "电子口岸 用户管理",
    ok: "确定",
    cancel: "取消",
    save: "保存",
    edit: "修改",
    delete: "删除",
    close: "关闭",
    retry: "重试",
    more: "加载更多",
    loading: "正在加载",
    none: "未填写",
    required: "请填写此项",
    back: "返回",
    saved: "已保存",
    retry_after: "{seconds} 秒后可以重试",
    error: {
      unreachable: { title: "无法连接服务器", detail: "请求没有到达服务器，您的操作没有生效。", fix: "请检查网络连接，然后重试。" },
      unclear: { title: "操作失败", detail: "服务器的回答无法识别。", fix: "请稍后重试；如持续出现，请联系平台客服。" },
      ended: { title: "登录已失效", detail: "您没有重新登录，操作没有完成。", fix: "请重新登录后再试。" },
    },
  },
  {
    title: "Electronic port: user management",
    ok: "OK",
    cancel: "Cancel",
    save: "Save",
    edit: "Edit",
    delete: "Delete",
    close: "Close",
    retry: "Try again",
    more: "Load more",
    loading: "Loading",
    none: "Not given",
    required: "Please fill this in",
    back: "Back",
    saved: "Saved",
    retry_after: "Possible again in {seconds} s",
    error: {
      unreachable: {
        title: "The server can't be reached",
        detail: "The request did not arrive; nothing was changed.",
        fix: "Check the network connection, then try again.",
      },
      unclear: {
        title: "That did not work",
        detail: "The server's answer can't be understood.",
        fix: "Try again in a while; if it goes on, contact the platform's support.",
      },
      ended: { title: "You are no longer logged in", detail: "You did not log in again, and nothing was done.", fix: "Log in, then try again." },
    },
  },
);
