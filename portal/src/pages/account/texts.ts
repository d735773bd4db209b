import { texts } from "@/texts/index.ts";

export default texts(
  "account",
  {
    first: {
      heading: "请先修改初始密码",
      text: "您正在使用一次性的初始密码。修改后才能使用其他功能。",
    },
    password: {
      heading: "登录密码",
      current: "当前密码",
      new: "新密码",
      again: "确认新密码",
      hint: "8 至 64 个字符，不能与用户名相同，不能是常见密码",
      differs: "两次输入的密码不一致",
      change: "修改密码",
      changed: "密码已修改，其他设备上的登录已结束。",
    },
    log_out: "退出登录",
  },
  {
    first: {
      heading: "Change the initial password first",
      text: "You are using a one-time initial password. Everything else is possible once it is changed.",
    },
    password: {
      heading: "Password",
      current: "Current password",
      new: "New password",
      again: "New password once more",
      hint: "8 to 64 characters, not the username, not a common password",
      differs: "The two passwords are not the same",
      change: "Change the password",
      changed: "The password is changed; sessions on other devices have ended.",
    },
    log_out: "Log out",
  },
);
