import { describe, expect, it } from "vitest";
import { AppError } from "../../src/core/errors";
import { decideText, openText, readText } from "../../src/extraction/formats/text";

const line = (message: string, i = 0): string =>
  `2024-05-01 10:00:${String(i % 60).padStart(2, "0")},123 INFO [main] a.b.C: ${message}`;
const lines = (count: number, message: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(message(i), i)).join("\n");
const word = (n: number): string => n.toString(36).replace(/\d/g, (digit) => "ghijklmnop"[Number(digit)]!);

/** Rows, bad rows and counted lines of a text: what must come to the number of its lines. */
function accounted(text: string): number {
  const [table] = readText(text);
  const { skipped, rowCount, bad } = table!;
  return rowCount + bad.length + Object.values(skipped).reduce((sum, count) => sum + count, 0);
}

describe("hostile text", () => {
  it("is refused where it has nothing", () => {
    for (const text of ["\n".repeat(1_000), " \n\t\n", "x".repeat(1_000_000)])
      expect(() => readText(text)).toThrow(AppError);
  });

  it("keeps the records around a line of a megabyte", () => {
    const [table] = readText(`${line("a")}\n${"y".repeat(1_000_000)}\n${line("b")}`);
    expect(table!.rowCount).toBe(2);
    expect(table!.bad).toEqual([{ row: 2, reason: "the line is longer than 10000 characters" }]);
  });

  it("holds no more than a line of a text that has no line breaks", () => {
    const reader = openText(decideText(lines(3, () => "x"))!);
    for (let i = 0; i < 2_000; i++) expect(reader.push("z".repeat(1_000))).toEqual([]);
    expect(reader.end()).toEqual([{ row: 1, reason: "the line is longer than 10000 characters" }]);
  });

  it("gives each record a number of its own where several stand in a line, whatever pieces it comes in", () => {
    const record = (i: number) => `<a t="2024-05-0${i}" v="${i}"/>`;
    const text = `<r>\n${record(1)} ${record(2)}\n<b\n>>\n${record(3)}\n${record(4)}${record(5)}\n</r>\n`;
    const [table] = readText(text);
    const numbers = [...table!.rows, ...table!.bad].map(({ row }) => row);
    expect(table!.rowCount).toBe(5);
    expect(new Set(numbers).size).toBe(numbers.length);
    const reader = openText(decideText(text)!);
    const inPieces = [...text].flatMap((character) => reader.push(character));
    expect([...inPieces, ...reader.end()].map(({ row }) => row).sort()).toEqual(numbers.sort());
  });

  it("gives at most a thousand templates and one for the rest", () => {
    const [table] = readText(
      lines(20_000, (i) => `${word(i * 7)} ${word(i * 13)} ${word(i * 17)} ${word(i * 19)}`),
    );
    const at = table!.columns.indexOf("template");
    const templates = new Set(Array.from(table!.rows, ({ cells }) => cells[at]));
    expect(templates.size).toBeLessThanOrEqual(1_001);
    expect(table!.hints!.template).toBe("attribute");
  });

  it("describes any text in a small document", () => {
    const long = (i: number) => Array.from({ length: 60 }, (_, k) => word(i * 977 + k * 7)).join(" ");
    const layout = JSON.stringify(decideText(lines(2_000, long)));
    expect(layout.length).toBeLessThan(80_000);
    expect(JSON.parse(layout)).toEqual(decideText(lines(2_000, long)));
  });

  // What makes expressions that are not bounded go back and forth: long runs that almost match.
  it.each(
    [
      "a",
      "a=",
      "a=1 ",
      "1.",
      "1:",
      "- ",
      "[a",
      "(",
      '"\\',
      "/a",
      "::",
      "<*> ",
      "|",
      "@a",
      "ab:cd:",
      "deadbeef",
      "f",
      "{",
      '<a b="',
      ",a=b",
      "a.b:",
      "INFO/",
      "%A-",
      ":INFO",
      "A b:",
    ].map((run) => [run]),
  )("reads long runs of %j without going back and forth", (run) => {
    const long = run.repeat(Math.floor(9_000 / run.length));
    for (const head of [
      "",
      line(""),
      "Jan  1 10:00:00 ",
      "<34>1 2003-10-11T22:14:15.003Z h a p m [",
      '1.1.1.1 - - [10/Oct/2000:13:55:36 -0700] "GET ',
      'metric{a="b",',
      "a,b=c ",
      '<r a="b" ',
      "web-1 | 2024-01-01 10:00:00 ",
      "2024-01-01 10:00:00 UTC:a@b:[7]:",
      "10:00:00 ",
      "Ann: ",
      "[2024-01-01 10:00:00] INFO ",
    ])
      expect(accounted(new Array<string>(20).fill((head + long).slice(0, 9_900)).join("\n"))).toBe(20);
  });

  it("accounts for every line of random pieces of logs", () => {
    let state = 5;
    const random = () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state / 2_147_483_648;
    };
    const pieces = [
      "2024-05-01 10:00:00",
      "INFO",
      "[main]",
      "a.b.C:",
      "-",
      "|",
      "\n",
      "\n",
      "\n",
      "Mar  9 04:05:06",
      "host",
      "app[1]:",
      "k=v",
      "took 5 ms",
      "<34>",
      "{",
      "}",
      "\u0001",
      "\ufffd",
      " ",
      "\t",
      '"',
      "#Fields: a b",
      "#",
      "1117838570",
    ];
    for (let round = 0; round < 500; round++) {
      const text = Array.from({ length: 60 }, () => pieces[Math.floor(random() * pieces.length)]).join(" ");
      if (text.trim() === "") continue;
      const [table] = readText(text);
      for (const { cells } of table!.rows) expect(cells.length).toBe(table!.columns.length);
      expect(new Set(table!.columns).size).toBe(table!.columns.length);
    }
  });
});
