import { texts } from "@/texts/index.ts";

/** What the parts say that many pages have. */
export default texts(
  "ui",
  {
    get: "获取验证码",
    again: "重新获取",
    again_in: "{seconds} 秒后重新获取",
    sent: "验证码已发送，请查看短信。",
    language: "English",
    language_name: "切换到英文",
  },
  {
    get: "Get a code",
    again: "Get another",
    again_in: "Another in {seconds} s",
    sent: "A code has been sent; look at your text messages.",
    language: "中文",
    language_name: "Switch to Chinese",
  },
);
