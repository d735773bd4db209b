/** Refusals as the server sends them, and what stands where in a form. */

import { afterEach, expect, test } from "vitest";

import { problem } from "../src/api/problem.ts";
import { speak } from "../src/texts/index.ts";

afterEach(() => speak("zh-CN"));

/** A refusal (RFC 9457) with what is wrong with its fields. */
function refusal(code: string, [title, detail, fix]: readonly [string, string, string], errors: readonly object[] = []) {
  return { type: `urn:eport-id:problem:${code}`, title, status: 422, detail, code, retry: "after_fix", fix, errors };
}

const WRONG_CODE = ["验证码不正确", "验证码与最近一次发送给该手机号的不符，或者已经使用过。", "请核对最近一条短信中的六位数字，或重新获取验证码。"] as const;

test("beside the only field that is wrong stands what is wrong and what to do", () => {
  const errors = [{ field: "sms_code", code: "sms.code_invalid", detail: WRONG_CODE[1] }];
  expect(problem(refusal("sms.code_invalid", WRONG_CODE, errors), 422).fields).toEqual({
    sms_code: "验证码不正确。验证码与最近一次发送给该手机号的不符，或者已经使用过。请核对最近一条短信中的六位数字，或重新获取验证码。",
  });
});

test("the sentences stand apart in English", () => {
  speak("en");
  const taken = ["This username is taken", "There is an account with this username.", "Choose another username."] as const;
  const errors = [{ field: "username", code: "registration.username_taken", detail: taken[1] }];
  expect(problem(refusal("registration.username_taken", taken, errors), 409).fields).toEqual({
    username: "This username is taken. There is an account with this username. Choose another username.",
  });
});

test("beside each of several fields that are wrong stands what is wrong with it", () => {
  const errors = [
    { field: "phone", code: "phone.format", detail: "手机号应为以 13 至 19 开头的 11 位半角数字。" },
    { field: "name", code: "name.length", detail: "姓名为 1 至 64 个字符。" },
  ];
  expect(problem(refusal("request.invalid", ["内容有误", "有几项填写有误。", "请按各项的说明修改。"], errors), 422).fields).toEqual({
    phone: "手机号应为以 13 至 19 开头的 11 位半角数字。",
    name: "姓名为 1 至 64 个字符。",
  });
});

test("a refusal that is about no field is said as a whole", () => {
  const refused = problem(refusal("sms.code_invalid", WRONG_CODE), 422);
  expect([refused.fields, refused.title, refused.detail, refused.fix]).toEqual([{}, ...WRONG_CODE]);
});

test("an answer that is no refusal of ours is told as one that can't be understood", () => {
  for (const body of [null, "", {}, { error: "Bad Gateway" }]) {
    expect(problem(body, 502)).toMatchObject({ code: "page.unclear", title: "操作失败", status: 502 });
  }
});
