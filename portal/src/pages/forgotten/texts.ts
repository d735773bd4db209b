import { texts } from "@/texts/index.ts";

export default texts(
  "forgotten",
  {
    heading: "忘记密码",
    hint: "用注册时的手机号和证件号码重新设置密码。设置后，所有设备上的登录都会结束。",
    phone: "注册手机号",
    sms_code: "验证码",
    id_number: "证件号码",
    new: "新密码",
    again: "确认新密码",
    password_hint: "8 至 64 个字符，不能与用户名相同，不能是常见密码",
    differs: "两次输入的密码不一致",
    submit: "重新设置密码",
    back: "返回登录",
    done: "密码已重新设置，请用新密码登录。",
  },
  {
    heading: "Forgotten password",
    hint: "Set a new password with the phone number and id number of your registration. After that all sessions on all devices end.",
    phone: "Registered phone number",
    sms_code: "Code",
    id_number: "Id number",
    new: "New password",
    again: "New password once more",
    password_hint: "8 to 64 characters, not the username, not a common password",
    differs: "The two passwords are not the same",
    submit: "Set a new password",
    back: "Back to the login",
    done: "The password is set. Log in with the new one.",
  },
);
