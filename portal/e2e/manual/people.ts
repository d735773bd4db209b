/**
 * The people and the enterprise of the manual: always the same, so that a picture changes when the page does. Nobody alive has these numbers: the one
 * that is shown whole is the standard's example (GB 11643), the others have dates of birth in the nineteenth century. The phone that is
 * shown whole is a carrier's test number, the others are round.
 */

import type { Person } from "../stack/people.ts";

const somebody = (name: string, username: string, idNumber: string, phone: string): Person => ({
  ...{ name, username, idNumber, phone },
  password: `${username} guards the port 9`,
});

/** Legal person and administrator. */
export const CHEN = somebody("陈静", "chenjing", "11010519491231002X", "13800138000");
/** Operators. */
export const LI = somebody("李明", "liming", "330102188709210032", "13900000001");
export const WANG = somebody("王芳", "wangfang", "330102189006050049", "13900000002");
export const ZHAO = somebody("赵磊", "zhaolei", "330102188801300014", "13900000003");
export const SUN = somebody("孙悦", "sunyue", "330102189107150057", "13900000004");
/** Asks to join. */
export const ZHOU = somebody("周涛", "zhoutao", "330102188611080065", "13900000005");
/** Came by card alone, before anybody of the enterprise. */
export const WU = somebody("吴敏", "wumin", "330102189304220077", "13800138000");
/** Has an account and is invited. */
export const ZHENG = somebody("郑洁", "zhengjie", "330102188905190083", "13900000007");
/** Of the platform's staff. */
export const STAFF = { name: "林岚", username: "linlan", password: "linlan guards the port 9" } as const;

export const ENTERPRISE = {
  name: "杭州示例进出口有限公司",
  uscc: "91330100123456788G",
  registered_address: "浙江省杭州市上城区示例路 1 号",
  business_scope: "货物进出口；技术进出口；国内货物运输代理；报关业务。",
  legal_person_name: CHEN.name,
} as const;

/** Known to nobody before it is entered by hand. */
export const NEW_ENTERPRISE = {
  name: "宁波示例供应链有限公司",
  uscc: "913301002345678940",
  registered_address: "浙江省宁波市北仑区示例大道 8 号",
  business_scope: "供应链管理服务；货物进出口。",
} as const;

/** The numbers that are printed on the cards. */
export const CARDS = { legal: "8930000104271", operator: "8930000104272", stranger: "8930000104273" } as const;
export const PIN = { pin: "123456" } as const;
