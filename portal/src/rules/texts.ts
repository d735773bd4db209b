import { texts } from "@/texts/index.ts";

/** What is typed, and what is wrong with it. */
export default texts(
  "rules",
  {
    uscc: {
      label: "统一社会信用代码",
      placeholder: "营业执照上的 18 位代码",
      look_up: "查询企业",
      typed: "已输入 {count} / 18 位",
      right: "代码正确",
      found: "已查询到企业信息",
      not_found: "未查询到企业信息，请手工录入",
    },
    id_document: {
      type: "证件类型",
      number: "证件号码",
      types: {
        resident_id: "居民身份证",
        hk_macao_permit: "港澳居民来往内地通行证",
        taiwan_permit: "台湾居民来往大陆通行证",
        hmt_residence_permit: "港澳台居民居住证",
        foreigner_permanent_resident_id: "外国人永久居留身份证",
        passport: "护照",
      },
    },
    fault: {
      uscc: {
        format: "统一社会信用代码为 18 位数字或大写字母，不含 I、O、S、V、Z",
        character: "第 {at} 位“{character}”不会出现在统一社会信用代码中",
        check_character: "校验码与前 17 位不符，请对照营业执照逐位核对",
      },
      id_number: {
        format: "号码的长度或字符与证件类型不符",
        check_character: "校验码不符，多半有一位输错，请对照证件核对",
        date: "号码中的出生日期不存在或在今天之后",
      },
      id_type: { unknown: "不认识的证件类型" },
      phone: { format: "手机号应为以 13 至 19 开头的 11 位数字" },
      username: { length: "用户名为 3 至 32 个字符", format: "以字母或汉字开头，只含字母、汉字、数字和 _ . -" },
      name: { length: "请填写证件上的姓名，最多 64 个字符", characters: "姓名不能含数字和其他符号" },
    },
  },
  {
    uscc: {
      label: "Unified social credit code",
      placeholder: "18 characters, on the business licence",
      look_up: "Look up",
      typed: "{count} of 18 characters",
      right: "The code is right",
      found: "Found in the registry",
      not_found: "Not in the registry; please enter the data by hand",
    },
    id_document: {
      type: "Id type",
      number: "Id number",
      types: {
        resident_id: "Resident identity card",
        hk_macao_permit: "Mainland travel permit (Hong Kong, Macao)",
        taiwan_permit: "Mainland travel permit (Taiwan)",
        hmt_residence_permit: "Residence permit (Hong Kong, Macao, Taiwan)",
        foreigner_permanent_resident_id: "Foreign permanent resident id card",
        passport: "Passport",
      },
    },
    fault: {
      uscc: {
        format: "A unified social credit code has 18 digits or capital letters, without I, O, S, V and Z",
        character: "Character {at}, “{character}”, doesn't occur in such a code",
        check_character: "The check character doesn't fit the other 17; compare it with the business licence",
      },
      id_number: {
        format: "Length or characters are not those of the id type",
        check_character: "The check character doesn't fit; most likely one character is wrong",
        date: "The date of birth in the number doesn't exist or lies ahead",
      },
      id_type: { unknown: "Unknown id type" },
      phone: { format: "A phone number is 11 digits starting with 13 to 19" },
      username: { length: "A username has 3 to 32 characters", format: "A letter or Chinese character first, then only those, digits and _ . -" },
      name: { length: "Enter the name as on the document, 64 characters at most", characters: "A name has no digits or other signs" },
    },
  },
);
