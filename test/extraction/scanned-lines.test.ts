import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/core/bytes";
import { AppliedRows, newAccounting } from "../../src/extraction/apply";
import type { TablePlan } from "../../src/extraction/contract";
import { normalText } from "../../src/extraction/detect/text";
import { JsonLines } from "../../src/extraction/formats/json/lines";
import { readText } from "../../src/extraction/read";
import { ScannedLines } from "../../src/extraction/scanned-lines";
import { understandTables } from "../../src/extraction/understand";
import { type Batch, BatchBuilder } from "../../src/streams/batch";
import { seededRandom } from "../support/series";
import { inPieces, pick, told } from "./scanned-support";

function byRows(plan: TablePlan, text: string) {
  const accounting = newAccounting();
  const own = new AppliedRows(plan, accounting);
  const reader = new JsonLines();
  const builder = new BatchBuilder();
  const batches: Batch[] = [];
  for (const read of [...reader.push(text), ...reader.end()]) {
    const batch = builder.add("reason" in read ? own.reject(read) : own.apply(read, reader.columns));
    if (batch) batches.push(batch);
  }
  batches.push(...builder.finish());
  const { columns, skipped, notes } = reader;
  return { ...told(batches), columns, skipped, notes, unreadable: [...accounting.unreadableCells] };
}

function framesOf(plan: TablePlan, text: string, random: () => number) {
  const accounting = newAccounting();
  const scanned = ScannedLines.open(plan, new AppliedRows(plan, accounting))!;
  return { batches: inPieces(scanned, utf8(text), random), rows: scanned.rows, accounting };
}

function byBytes(plan: TablePlan, text: string, random: () => number) {
  const { batches, rows, accounting } = framesOf(plan, text, random);
  const { columns, skipped, notes } = rows;
  return { ...told(batches), columns, skipped, notes, unreadable: [...accounting.unreadableCells] };
}

const planOf = (text: string): TablePlan =>
  understandTables({ tables: readText({ body: text, filename: "a.ndjson" }), notes: [] }).tables[0]!.plan;

const iso = (i: number) => new Date(Date.UTC(2024, 0, 1) + i * 60_000).toISOString();

/** JSON texts of values, as programs and people write them, and some that are none. */
const VALUES = [
  "0",
  "-0",
  "-0.0",
  "1.50",
  "0.1",
  "1e3",
  "1E-7",
  "-2.5e+2",
  "123456789",
  "1234567890",
  "0.30000000000000004",
  "1.7976931348623157e308",
  "1e400",
  "5e-324",
  "9007199254740991",
  "9007199254740993",
  "-9007199254740993",
  "123456789012345678901234567890",
  "123456789012345678.25",
  "12345678901234567e-3",
  "01",
  "+1",
  "1.",
  ".5",
  "-",
  "NaN",
  "Infinity",
  "true",
  "false",
  "null",
  "nul",
  "nulll",
  "tru",
  '""',
  '"  "',
  '"12"',
  '" 12 "',
  '"1,234.5"',
  '"12 %"',
  '"n/a"',
  '"never"',
  '"a\\"b"',
  '"a\\\\"',
  '"\\u00e9t\\u00e9"',
  '"\\ud83d\\ude00"',
  '"\\ud800"',
  '"\\u0000"',
  '"\\x"',
  '"\\u12"',
  '"été, or 日本"',
  '"tab\there"',
  '"nul\0here"',
  '"a\u2028b"',
  '"\u00a0 x \u00a0"',
  '"open',
  '"{\\"a\\":1}"',
  "[]",
  "[1,2]",
  "[1,2,3,4,5]",
  '["a",{"b":1}]',
  "{}",
  '{"x":1}',
  '{"x":{"y":"z"},"w":2}',
  '{"type":"Point","coordinates":[1.5,2.5]}',
  `"${"long ".repeat(200)}"`,
  `"${"longer ".repeat(3_000)}"`,
  "",
];

const TIMES: ((i: number) => string)[] = [
  (i) => `"${iso(i)}"`,
  (i) => `"${iso(i).slice(0, 19).replace("T", " ")}"`,
  (i) => String(1_700_000_000 + i * 60),
  (i) => String(1_700_000_000_000 + i * 60_000),
  (i) => `"${1_700_000_000 + i * 60}"`,
  (i) => String(1_700_000_000.25 + i),
  (i) => `${1_700_000_000 + i * 60}000000000`,
  (i) => `"${1_700_000_000 + i * 60}000000000"`,
  (i) => `"${String((i % 28) + 1).padStart(2, "0")}.03.2024 ${String(i % 24).padStart(2, "0")}:15"`,
];
const ODD_TIMES = [
  '"never"',
  "null",
  '""',
  "true",
  "2024-01-01",
  '"2024-01-01"',
  "1e9",
  '"\\u0032024-01-01"',
  "{}",
  "1704067200",
];

/** Lines that are not of the form of the others. */
const ODD_LINES = [
  "",
  "   ",
  "# a comment",
  "{",
  "}",
  "{}",
  "null",
  "42",
  '"text"',
  "[1,2,3]",
  '{"a":1}',
  '{"":{"a":5},".a":6}',
  '{"when":"2024-03-01T00:00:00Z",\r"value":1}',
  '{"when":"2024-03-01T00:00:00Z",\t"value":1}',
  '{"":1,"value":2}',
  '{"__proto__":1,"value":2}',
  '{"7":1,"value":2}',
  '{"v\\u0061lue":3}',
  `{"deep":${'{"a":'.repeat(8)}1${"}".repeat(8)}}`,
  `${"[".repeat(400)}${"]".repeat(400)}`,
];

interface Style {
  time: (i: number) => string;
  colon: string;
  comma: string;
}

const lineOf = ({ time, colon, comma }: Style, i: number, members: readonly [string, string][]): string =>
  `{${[["when", time(i)] as const, ...members].map(([key, value]) => `"${key}"${colon}${value}`).join(comma)}}`;

/** Lines of one style that are alike at first and then have, here and there, anything. */
function textOf(random: () => number, rows: number): string {
  const style: Style = {
    time: pick(random, TIMES),
    colon: pick(random, [":", ": "]),
    comma: pick(random, [",", ", "]),
  };
  const share = random() * 0.4;
  const odd = () => random() < share;
  const lines = Array.from({ length: rows }, (_, i) => {
    const clean = i < rows / 4;
    if (!clean && random() < 0.03) return pick(random, ODD_LINES);
    const any = (plain: string) => (clean || !odd() ? plain : pick(random, VALUES));
    const members: [string, string][] = [
      ["value", any(String(i / 4))],
      ["place", any(pick(random, ['"north"', '"south"', '"été"']))],
      ["note", any(`"note ${i}"`)],
      ["other", any(String(i % 7))],
    ];
    const nested = any(`{"inner":${i % 5},"unit":"C"}`);
    if (i % 3 === 0 || clean) members.push(["meta", nested]);
    if (!clean && odd()) members.splice(Math.floor(random() * members.length), 1);
    if (!clean && random() < 0.05) members.push(pick(random, members));
    if (!clean && random() < 0.05) members.push([pick(random, ["late", "meta.inner", " value "]), any("1")]);
    const own = !clean && random() < 0.05 ? { ...style, time: () => pick(random, ODD_TIMES) } : style;
    const line = lineOf(own, Math.floor(i / 2), members);
    return random() < 0.02 ? pick(random, [` ${line}`, `${line} `, `${line},`, `${line}${line}`]) : line;
  });
  return `${lines.join("\n")}${pick(random, ["\n", "", "\n\n"])}`;
}

/** The plan of such a text, with what its columns are for varied. */
function planFor(text: string, random: () => number): TablePlan {
  const plan = planOf(text);
  const roles = ["category", "attribute", "ignored"] as const;
  return {
    ...plan,
    columns: plan.columns.map((column) =>
      ["note", "place", "other"].includes(column.source) && random() < 0.5
        ? { ...column, role: pick(random, roles) }
        : column,
    ),
  };
}

describe("lines of JSON read from their bytes", () => {
  it("become the same rows as read one by one, whatever stands in them and wherever they are cut", () => {
    const random = seededRandom(31);
    let scanned = 0;
    for (let round = 0; round < 200; round++) {
      const text = textOf(random, 40 + Math.floor(random() * 120));
      const plan = planFor(text.split("\n").slice(0, 10).join("\n"), random);
      if (!ScannedLines.open(plan, new AppliedRows(plan, newAccounting()))) continue;
      scanned++;
      const ended = text.replaceAll("\n", pick(random, ["\n", "\n", "\r\n", "\r"]));
      const marked = random() < 0.1 ? `\ufeff${ended}` : ended;
      const other = byBytes(plan, marked, random);
      expect(other, JSON.stringify(text)).toEqual(byRows(plan, normalText(text)));
    }
    expect(scanned).toBeGreaterThan(150);
  });

  it("end where a carriage return stands, and may be nameless, as often as they come", () => {
    const random = seededRandom(9);
    const odd = (i: number) =>
      i % 2 === 0 ? `{"when":"${iso(i)}","":{"value":7},".value":6}` : `{"when":"${iso(i)}",\r"value":${i}}`;
    const lines = Array.from({ length: 60 }, (_, i) =>
      i % 3 === 0 ? `{"when":"${iso(i)}","value":${i},".value":1}` : odd(i),
    );
    const text = lines.join("\n");
    const plan = planOf(lines[0]!);
    const one = byRows(plan, normalText(text));
    expect(one.rejected).toBeGreaterThan(20);
    expect(byBytes(plan, text, random)).toEqual(one);
  });

  it("take every notation of every value as JSON.parse does, in a column of each kind", () => {
    const random = seededRandom(7);
    for (const role of ["value", "category", "attribute", "ignored"] as const) {
      const lines = [...VALUES, ...VALUES].flatMap((value, i) => [
        `{"when":"${iso(i * 2)}","value":1.5,"x":"plain"}`,
        `{"when":"${iso(i * 2 + 1)}","value":1.5,"x":${value}}`,
      ]);
      const plan = planOf(lines[0]!);
      const columns = plan.columns.map((column) => (column.source === "x" ? { ...column, role } : column));
      const text = lines.join("\n");
      expect(byBytes({ ...plan, columns }, text, random)).toEqual(
        byRows({ ...plan, columns }, normalText(text)),
      );
    }
  });

  it("are cut into the same frames wherever their bytes are cut", () => {
    const random = seededRandom(12);
    const long = JSON.stringify("long ".repeat(250_000));
    const lines = Array.from({ length: 4_000 }, (_, i) =>
      i % 1_900 === 1_899
        ? `{"when":"${iso(i)}","value":${i},"place":${long}}`
        : `{"when":"${iso(i)}","value":${i / 8},"place":"p${i % 9}"${i % 500 === 0 ? ',"late":1' : ""}}`,
    );
    const text = lines.join("\n");
    const plan = planOf(lines.slice(0, 50).join("\n"));
    const first = framesOf(plan, text, random).batches;
    expect(told(first).rows.length + told(first).rejected).toBe(4_000);
    for (let round = 0; round < 4; round++) expect(framesOf(plan, text, random).batches).toEqual(first);
    expect(framesOf(plan, text, () => 0.999_999).batches).toEqual(first);
    expect(byBytes(plan, text, random)).toEqual(byRows(plan, text));
  });

  it("are left to the reader of rows where their plan is not for bytes", () => {
    const plan = planOf(`{"when":"${iso(1)}","value":1,"x":2}\n{"when":"${iso(2)}","value":1,"x":2}`);
    const opens = (changed: Partial<TablePlan>) =>
      ScannedLines.open({ ...plan, ...changed }, new AppliedRows(plan, newAccounting())) !== null;
    expect(opens({})).toBe(true);
    expect(opens({ timestamp: null })).toBe(false);
    expect(opens({ tags: { a: "b" } })).toBe(false);
    expect(opens({ derived: [{ name: "count", kind: "count", of: [] }] })).toBe(false);
    expect(opens({ timestamp: { ...plan.timestamp!, fields: ["when", "x"] } })).toBe(false);
    expect(opens({ columns: [...plan.columns, plan.columns[1]!] })).toBe(false);
  });
});
