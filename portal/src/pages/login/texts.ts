import { texts } from "@/texts/index.ts";

export default texts(
  "login",
  {
    heading: "用户登录",
    by: { account: "账号登录", phone: "手机号登录", card: "IC 卡登录" },
    username: "账号",
    username_hint: "用户名或手机号",
    password: "密码",
    phone: "手机号",
    sms_code: "验证码",
    submit: "登录",
    register: "注册账户",
    forgotten: "忘记密码",
    intro: {
      heading: "中国电子口岸 · 单一窗口",
      text: "一个账号，办理口岸各项业务。",
      one: "账号、手机号、IC 卡三种方式登录",
      two: "企业、操作员与应用权限统一管理",
      three: "IC 卡的 PIN 不经过网页",
    },
    again: {
      heading: "登录已失效，请重新登录",
      text: "您填写的内容还在。登录后，刚才的操作会继续完成。",
      leave: "不再继续，返回登录页",
    },
  },
  {
    heading: "Log in",
    by: { account: "Account", phone: "Phone", card: "IC card" },
    username: "Account",
    username_hint: "Username or phone number",
    password: "Password",
    phone: "Phone number",
    sms_code: "Code",
    submit: "Log in",
    register: "Register",
    forgotten: "Forgotten your password?",
    intro: {
      heading: "China electronic port · Single window",
      text: "One account for everything at the port.",
      one: "Log in by account, phone number or IC card",
      two: "Enterprise, operators and permissions in one place",
      three: "The card's PIN never passes through a page",
    },
    again: {
      heading: "Your session has ended. Please log in again",
      text: "What you filled in is still here. After you log in, what you were doing goes on.",
      leave: "Don't go on; to the login page",
    },
  },
);
