import { describe, expect, test } from "vitest";

import { idNumberFault, ID_TYPES, type IdType } from "../../src/rules/id-document.ts";
import { nameFault, readPhone, usernameFault } from "../../src/rules/person.ts";
import { inspectUscc, usccFault } from "../../src/rules/uscc.ts";

const TODAY = new Date(2026, 10, 22);

describe("the unified social credit code", () => {
  test.each(["913300007458363392", "91350100M000100Y43", "91350100m000100y43", " 9133 0000 7458 3633 92 ", "９１３３００００７４５８３６３３９２"])(
    "%s is right",
    (code) => expect(usccFault(code)).toBeNull(),
  );

  test("every single changed character is noticed", () => {
    const code = "91350100M000100Y43";
    for (let i = 0; i < code.length; i += 1) {
      for (const other of "0123456789ABCDEFGHJKLMNPQRTUWXY") {
        if (other === code[i]) continue;
        expect(usccFault(code.slice(0, i) + other + code.slice(i + 1))).toBe("uscc.check_character");
      }
    }
  });

  test("a code that isn't whole yet is neither wrong nor complete", () => {
    expect(inspectUscc("9133000074583")).toMatchObject({ fault: null, complete: false });
    expect(usccFault("9133000074583")).toBe("uscc.format");
  });

  test("a letter that no code has is shown where it stands", () => {
    expect(inspectUscc("9133O")).toMatchObject({ fault: "uscc.format", at: 4 });
  });

  test("one character too many is wrong", () => {
    expect(inspectUscc("9133000074583633920").fault).toBe("uscc.format");
  });
});

describe("id documents", () => {
  const right: [IdType, string][] = [
    ["resident_id", "11010519491231002X"],
    ["resident_id", "11010519491231002x"],
    ["resident_id", "440524188001010014"],
    ["hk_macao_permit", "H12345678"],
    ["hk_macao_permit", "m1234567890"],
    ["taiwan_permit", "12345678"],
    ["foreigner_permanent_resident_id", "ABC123456789012"],
    ["passport", "E12345678"],
  ];
  test.each(right)("%s %s is right", (idType, number) => expect(idNumberFault(idType, number, TODAY)).toBeNull());

  const wrong: [IdType, string, string][] = [
    ["resident_id", "110105194912310021", "id_number.check_character"],
    ["resident_id", "11010519491231002", "id_number.format"],
    ["resident_id", "X10105194912310020", "id_number.format"],
    ["hk_macao_permit", "H123456789", "id_number.format"],
    ["hmt_residence_permit", "11010519491231002X", "id_number.format"],
    ["foreigner_permanent_resident_id", "AB1234567890123", "id_number.format"],
    ["passport", "E12", "id_number.format"],
    ["passport", "护照12345", "id_number.format"],
  ];
  test.each(wrong)("%s %s is %s", (idType, number, fault) => expect(idNumberFault(idType, number, TODAY)).toBe(fault));

  /** Gives a body its check character by another road than the product's: trying all of them. */
  function withCheck(body: string): string {
    const found = [..."0123456789X"].find((check) => idNumberFault("resident_id", body + check, new Date(9999, 0, 1)) !== "id_number.check_character");
    return body + (found ?? "");
  }

  test("a day that isn't in the calendar is refused though the check character fits", () => {
    for (const date of ["19490230", "20230229", "20251301", "20250001", "20250100"]) {
      expect(idNumberFault("resident_id", withCheck(`110105${date}002`), TODAY), date).toBe("id_number.date");
    }
    expect(idNumberFault("resident_id", withCheck("11010520240229002"), TODAY)).toBeNull();
  });

  test("somebody born today is accepted, tomorrow not", () => {
    expect(idNumberFault("resident_id", withCheck("11010520261122002"), TODAY)).toBeNull();
    expect(idNumberFault("resident_id", withCheck("11010520261123002"), TODAY)).toBe("id_number.date");
  });

  test("no kind accepts nothing", () => {
    for (const idType of ID_TYPES) expect(idNumberFault(idType, "", TODAY)).toBe("id_number.format");
  });
});

describe("people", () => {
  test("every usual spelling of a phone number is the same number", () => {
    for (const text of ["13812345678", "138 1234 5678", "138-1234-5678", "+86 138 1234 5678", "１３８１２３４５６７８"]) {
      expect(readPhone(text)).toBe("+8613812345678");
    }
    for (const text of ["", "12812345678", "1381234567", "+8513812345678", "029-88886666"]) expect(readPhone(text)).toBeNull();
  });

  test("a username starts with a letter and has no other signs", () => {
    for (const name of ["abc", "张三丰", "西安A_1-2"]) expect(usernameFault(name)).toBeNull();
    expect(usernameFault("ab")).toBe("username.length");
    for (const name of ["1abc", "a b c", "a@b.cn", "ａｂｃ"]) expect(usernameFault(name)).toBe("username.format");
  });

  test("a name is as on a document", () => {
    for (const name of ["张三", "买买提·艾力", "O'Neil-Smith Jr."]) expect(nameFault(name)).toBeNull();
    expect(nameFault("")).toBe("name.length");
    for (const name of ["张3", "···", "张三（法人）"]) expect(nameFault(name)).toBe("name.characters");
  });
});
