import { describe, expect, test } from "vitest";

import { columnOf, COLUMNS } from "../../src/operators/columns.ts";
import { isGood, newOperator, readIdType, readTable, rejudge, type ImportRow, type ImportTable } from "../../src/operators/rows.ts";
import { decode, readSheet, SheetError } from "../../src/operators/sheet.ts";
import { submitRows, type Outcome, type RowState } from "../../src/operators/submit.ts";
import { templateCsv, templateXlsx } from "../../src/operators/template.ts";

const TODAY = new Date(2026, 10, 22);
const HEADING = "用户名,姓名,证件类型,证件号码,手机号,卡号";

async function table(csv: string, known: string[] = []): Promise<ImportTable> {
  return readTable(await readSheet(new Blob([csv])), { today: TODAY, known: new Set(known) });
}

async function rows(...lines: string[]): Promise<ImportRow[]> {
  return (await table([HEADING, ...lines].join("\r\n"))).rows;
}

async function xlsx(cells: (string | number)[][]): Promise<Blob> {
  const { default: write } = await import("write-excel-file/universal");
  return await write(cells.map((row) => row.map((value) => ({ value, type: typeof value === "number" ? Number : String })))).toBlob();
}

describe("a list of operators", () => {
  test("is read from UTF-8 with or without its mark, and from GBK", async () => {
    // 姓名 in GBK.
    expect(decode(Uint8Array.from([0xd0, 0xd5, 0xc3, 0xfb]))).toBe("姓名");
    const line = `${HEADING}\nlisi,李四,,11010519491231002X,13812345678,`;
    for (const text of [line, `\ufeff${line}`]) expect((await table(text)).rows[0]?.values.name).toBe("李四");
  });

  test("is understood with its columns in any order and under their usual names", async () => {
    const { rows: [row] } = await table("手机号码,身份证号,姓 名,*账号\n138 1234 5678,11010519491231002x,李四,lisi");
    expect(row?.faults).toEqual({});
    expect(row && newOperator(row)).toEqual({ username: "lisi", name: "李四", id_type: "resident_id", id_number: "11010519491231002X", phone: "+8613812345678" });
  });

  test("may have a title over its heading; lines are numbered as the file has them", async () => {
    const { rows: [row] } = await table(`西安示例公司操作员名单\n\n${HEADING}\n\nlisi,李四,身份证,11010519491231002X,13812345678,A-123456`);
    expect(row).toMatchObject({ line: 5, faults: {} });
  });

  test("without a column that is needed is not judged at all", async () => {
    const { rows: none, missing, unknown } = await table("用户名,姓名,部门\nlisi,李四,关务部");
    expect(none).toEqual([]);
    expect(missing).toEqual(["id_number", "phone"]);
    expect(unknown).toEqual(["部门"]);
  });

  test("tells what is wrong with each cell", async () => {
    const [row] = await rows("1x,张3,驾驶证,11010519491231002X,12345,号");
    expect(row?.faults).toEqual({ username: "username.length", name: "name.characters", id_type: "id_type.unknown", phone: "phone.format", card_number: "card_number.format" });
    const [empty] = await rows(",,护照,,,");
    expect(empty?.faults).toEqual({ username: "cell.required", name: "cell.required", id_number: "cell.required", phone: "cell.required" });
    const [mistyped] = await rows("lisi,李四,,110105194912310021,13812345678,");
    expect(mistyped?.faults).toEqual({ id_number: "id_number.check_character" });
  });

  test("marks what an earlier row says already, however it is written, and not the first one", async () => {
    const [first, second] = await rows("Lisi,李四,,11010519491231002X,13812345678,a-1234", "lisi,王五,身份证,11010519491231002x,+86 138-1234-5678,A-1234");
    expect(first?.faults).toEqual({});
    expect(second?.faults).toEqual({ username: "cell.repeated", id_number: "cell.repeated", phone: "cell.repeated", card_number: "cell.repeated" });
  });

  test("marks usernames that the enterprise has already", async () => {
    const { rows: [row] } = await table(`${HEADING}\nLiSi,李四,,11010519491231002X,13812345678,`, ["lisi"]);
    expect(row?.faults).toEqual({ username: "cell.known" });
  });

  test("is judged anew when a cell is corrected, with what depends on it", async () => {
    const both = await rows("lisi,李四,,11010519491231002X,13812345678,", "lisi,王五,,440524188001010014,13912345678,");
    const second = both[1] as ImportRow;
    second.values.username = "wangwu";
    rejudge(both, { today: TODAY });
    expect(both.every(isGood)).toBe(true);
  });

  test("with an id number that a spreadsheet has cut off says so, though its digits look right", async () => {
    const [row] = await rows("lisi,李四,,1.10105E+17,13812345678,");
    expect(row?.faults.id_number).toBe("cell.lossy");
    const sheet = await readSheet(await xlsx([["用户名", "姓名", "证件号码", "手机号"], ["lisi", "李四", 440524188001010014, 13812345678]]));
    const { rows: [numeric] } = readTable(sheet, { today: TODAY });
    expect(numeric?.faults).toEqual({ id_number: "cell.lossy" });
    expect(numeric?.values.phone).toBe("13812345678");
  });

  test("that is no list is refused by name", async () => {
    const fault = async (file: Blob): Promise<string> => {
      try {
        await readSheet(file);
        return "";
      } catch (error) {
        return error instanceof SheetError ? error.fault : String(error);
      }
    };
    expect(await fault(new Blob([]))).toBe("sheet.empty");
    expect(await fault(new Blob([Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1])]))).toBe("sheet.format");
    expect(await fault(new Blob([Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0, 0])]))).toBe("sheet.unreadable");
    expect(await fault(new Blob([new Uint8Array(6 * 1024 * 1024)]))).toBe("sheet.bytes");
  });

  test("the templates are understood when they come back, and are empty", async () => {
    for (const file of [await templateXlsx(), templateCsv()]) {
      const back = readTable(await readSheet(file), { today: TODAY });
      expect(back).toEqual({ rows: [], missing: [], unknown: [] });
    }
    expect(COLUMNS.map((column) => columnOf(column.replace("_", "")))).toEqual([...COLUMNS]);
  });

  test("every kind of document is understood in words and in code", () => {
    expect(readIdType("")).toBe("resident_id");
    expect(readIdType("护照")).toBe("passport");
    expect(readIdType("PASSPORT")).toBe("passport");
    expect(readIdType("constructor")).toBeNull();
  });
});

describe("sending the rows", () => {
  const good = (): Promise<ImportRow[]> =>
    rows("lisi,李四,,11010519491231002X,13812345678,", "wangwu,王五,,110105,13912345678,", "zhaoliu,赵六,,440524188001010014,13712345678,");

  async function submit(list: ImportRow[], answers: Outcome[], done = new Map<number, RowState>()) {
    const sent: { username: string; key: string }[] = [];
    const slept: number[] = [];
    const states = new Map(done);
    let keys = 0;
    const end = await submitRows(list, done, {
      send: async ({ username }, key) => {
        sent.push({ username, key });
        return answers[sent.length - 1] ?? { kind: "created" };
      },
      report: (line, state) => states.set(line, state),
      cancelled: () => false,
      sleep: async (seconds) => void slept.push(seconds),
      newKey: () => `key-${(keys += 1)}`,
    });
    return { end, sent, slept, states };
  }

  test("leaves out what is wrong and goes on after a refusal", async () => {
    const refusal: Outcome = { kind: "refused", detail: "已注册", fix: "请核对" };
    const { end, sent, states } = await submit(await good(), [refusal]);
    expect(end).toBe("finished");
    expect(sent.map(({ username }) => username)).toEqual(["lisi", "zhaoliu"]);
    expect(states).toEqual(new Map<number, RowState>([[2, refusal], [4, { kind: "created" }]]));
  });

  test("waits as long as it is told and then asks with the same key", async () => {
    const { sent, slept } = await submit(await good(), [{ kind: "later", seconds: 7 }]);
    expect(slept).toEqual([7]);
    expect(sent.map(({ key }) => key)).toEqual(["key-1", "key-1", "key-2"]);
  });

  test("stops where nothing more can be sent, and goes on later without repeating what was done", async () => {
    const list = await good();
    const first = await submit(list, [{ kind: "created" }, { kind: "stop", detail: "网络中断" }]);
    expect(first.end).toBe("stopped");
    const second = await submit(list, [], first.states);
    expect(second.end).toBe("finished");
    expect(second.sent.map(({ username }) => username)).toEqual(["zhaoliu"]);
  });

  test("gives up on a server that is always busy, without calling the row done", async () => {
    const { end, sent, states } = await submit(await good(), Array.from({ length: 9 }, () => ({ kind: "later", seconds: 1 }) as const));
    expect(end).toBe("stopped");
    expect(sent).toHaveLength(5);
    expect(states.get(2)).toEqual({ kind: "waiting" });
  });
});
