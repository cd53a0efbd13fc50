import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/core/bytes";
import type { ParsedRow } from "../../src/streams/append";
import { batchesOfRows } from "../../src/streams/batch";
import { csvRow, delimiterOf, headerOf } from "../../src/streams/protocols/csv";
import { batchesOfCsv } from "../../src/streams/scan";
import { outcomeOf } from "../support/batches";

/** The rows of CSV in the general way: parted by papaparse, each row read by itself. Lines end with LF. */
function* rowsOf(text: string): Generator<ParsedRow> {
  const isFilled = (line: string) => line.split(delimiterOf(line)).some((cell) => cell.trim() !== "");
  const lines = text.split("\n");
  const first = lines.findIndex(isFilled);
  if (first < 0) return;
  const delimiter = delimiterOf(lines[first]!);
  const below = lines.slice(first).join("\n");
  const { data } = Papa.parse<string[]>(below, { delimiter, newline: "\n", skipEmptyLines: "greedy" });
  const [head, ...rows] = data;
  if (!head) return;
  const header = headerOf(head);
  for (const [i, cells] of rows.entries()) yield csvRow(i + 1, cells, header);
}

function* pieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function expectSame(text: string, bytes = utf8(text), sizes: readonly number[] = [bytes.length]) {
  const wanted = await outcomeOf(() => batchesOfRows(rowsOf(text)));
  for (const size of sizes)
    expect(await outcomeOf(() => batchesOfCsv(pieces(bytes, size))), `pieces of ${size}`).toEqual(wanted);
  return wanted;
}

const decimal = fc
  .tuple(fc.integer({ min: -99_999_999, max: 99_999_999 }), fc.integer({ min: 0, max: 9 }))
  .map(([digits, decimals]) => (digits / 10 ** decimals).toFixed(decimals));
const oddNumber = fc.oneof(
  fc.constantFrom("-0", "0.0", "007", "+1", "1.", ".5", "-.5", "1e5", "1E-7", "1e999", "--1", "-", "1.2.3"),
  fc.constantFrom(
    "0.1",
    "0.30000000000000004",
    "123456789012345678",
    "9007199254740993",
    "1,5",
    "1 000",
    "0x1f",
  ),
  fc.constantFrom("1234567890.123456", "12345678901234.5", "99999999999999999999", "NaN", "Infinity", "12%"),
  fc.double({ noNaN: true }).map(String),
);
const word = fc.oneof(
  fc.constantFrom(
    "a",
    "host-1",
    "host-2",
    " host-1 ",
    "é",
    "北京",
    "🚀",
    "true",
    "FALSE",
    "n/a",
    "null",
    "-",
    "x y",
  ),
  fc.constantFrom(
    "7",
    "12.5",
    "2024-02-29",
    "two words and more of them than tags may have",
    "\u00a0",
    "\uFEFF",
  ),
  fc.constantFrom("x".repeat(63), "x".repeat(70), "y".repeat(600), "z".repeat(16_400), "it's", "__proto__"),
  fc.string({ maxLength: 12 }).map((text) => text.replace(/[\r",;|\t\n]/g, "_")),
);
const time = fc.oneof(
  fc
    .integer({ min: 0, max: 4_000 })
    .map((minute) => new Date(1_767_225_600_000 + minute * 60_000).toISOString()),
  fc.integer({ min: 0, max: 4_000 }).map((second) => String(1_767_225_600 + second)),
);
const oddTime = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "x",
    "2024",
    "20240229",
    "2024-02-29",
    "2024-02-30",
    "2024-2-9",
    "0000-01-01",
    "-5",
  ),
  fc.constantFrom(
    "2024-02-29 10:00",
    "2024-02-29T10:00:00.123456789",
    "2024-02-29T10:00:00.5+01:30",
    "1e9",
    "0",
  ),
  fc.constantFrom(
    "2024-02-29T24:00:00Z",
    "2024-02-29T23:59:60Z",
    "2024-02-29t10:00z",
    "2024-02-29T10:00:00-0530",
  ),
  fc.constantFrom(
    "1767225600.25",
    "1767225600000",
    "1767225600123456",
    "1767225600123456789",
    " 2024-02-29 ",
  ),
  fc.constantFrom(
    "9999-12-31",
    "2300-01-01T00:00:00Z",
    "29/02/2024",
    "2024-02-29T10:00:00Zx",
    "2024-02-29T9:00",
  ),
);

const often = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: odd });
const cellOf = {
  time: often(time, oddTime),
  number: often(decimal, fc.oneof(oddNumber, word, fc.constant(""))),
  text: often(fc.constantFrom("a", "b", "c"), fc.oneof(word, oddNumber, fc.constant(""))),
  any: fc.oneof(word, oddNumber, oddTime, decimal),
};

const NAMES = [
  "time",
  "v",
  "host",
  "device_id",
  "note",
  "",
  "7",
  "2020",
  "é",
  "v",
  "__proto__",
  "Timestamp",
  "t2",
];
const columns = fc.array(
  fc.record({
    name: fc.constantFrom(...NAMES),
    kind: fc.constantFrom("time", "number", "number", "text", "any"),
  }),
  { minLength: 1, maxLength: 8 },
);

/** A cell as a file has it, in quotes where it must be and now and then without need. */
const written = (text: string, delimiter: string, isQuoted: boolean) =>
  isQuoted || text.startsWith('"') || /[\r\n]/.test(text) || text.includes(delimiter)
    ? `"${text.replaceAll('"', '""')}"`
    : text;

const tables = columns.chain((made) =>
  fc.record({
    delimiter: fc.constantFrom(",", ",", ";", "\t", "|"),
    quotes: fc.constantFrom(0, 0, 0.2, 1),
    names: fc.constant(made.map(({ name }) => name)),
    rows: fc.array(
      fc.record({
        cells: fc.tuple(
          ...made.map(({ kind }) =>
            fc.tuple(
              often(
                cellOf[kind as keyof typeof cellOf],
                fc.constantFrom('say "so"', '"', '""', "two\nlines", "a,b;c\td|e", " 1.5 ", "  ", "1.5 x"),
              ),
              fc.double({ min: 0, max: 1, noNaN: true }),
            ),
          ),
        ),
        // How many cells too few or too many, and lines between.
        ragged: fc.oneof(
          { weight: 30, arbitrary: fc.constant(0) },
          { weight: 1, arbitrary: fc.integer({ min: -3, max: 2 }) },
        ),
        before: fc.oneof(
          { weight: 30, arbitrary: fc.constant("") },
          { weight: 1, arbitrary: fc.constantFrom("\n", " \n", ",,\n") },
        ),
      }),
      { maxLength: 40 },
    ),
  }),
);
type Table = typeof tables extends fc.Arbitrary<infer T> ? T : never;

function textOf({ delimiter, quotes, names, rows }: Table): string {
  const lines = rows.map(({ cells, ragged, before }) => {
    const texts = cells.map(([text, chance]) => written(text, delimiter, chance < quotes));
    while (texts.length < names.length + ragged) texts.push("1");
    return before + texts.slice(0, Math.max(1, names.length + ragged)).join(delimiter);
  });
  return [names.map((name) => written(name, delimiter, false)).join(delimiter), ...lines].join("\n");
}

/** Line ends outside of quotes as others write them. */
const endedBy = (text: string, end: string): string =>
  text.replace(/"(?:[^"]|"")*"|\n/g, (found) => (found === "\n" ? end : found));

describe("the scanner of CSV", () => {
  it("makes the very frames and rejections of the general way, however the body is cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        tables,
        fc.constantFrom("\n", "\n", "\r\n", "\r"),
        fc.constantFrom("", "end", "\uFEFF"),
        fc.integer({ min: 2, max: 400 }),
        async (table, end, extra, size) => {
          const text = textOf(table) + (extra === "end" ? "\n" : "");
          // Of one column the delimiter is a guess, and what stands in quotes with it.
          const ended = table.names.length > 1 ? endedBy(text, end) : text;
          const bytes = utf8((extra === "\uFEFF" ? extra : "") + ended);
          await expectSame(text, bytes, [bytes.length, size, 1]);
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it("answers changed characters like the general way: quotes that stand wrong or do not close among them", async () => {
    const changes = fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(...'""",;.-0 1eTZ:+\n\tax')),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(tables, changes, fc.integer({ min: 1, max: 300 }), async (table, at, size) => {
        const chars = [...textOf(table)];
        for (const [where, char] of at) chars[Math.floor(where * (chars.length - 1))] = char;
        const text = `${chars.join("")}\n`;
        await expectSame(text, utf8(text), [utf8(text).length, size]);
      }),
      { numRuns: 1_000 },
    );
  });

  it("refuses bytes that are no UTF-8 wherever they stand, and loses no row before them", async () => {
    for (const place of ["time", "v", "host", ""]) {
      const head = ["time", "v", "host", ""];
      const row = head
        .map((name) => (name === place ? "\u0000" : name === "time" ? "2024-01-01" : "1"))
        .join(",");
      const bytes = utf8(`${head.join(",")}\n2024-01-01,1,a,b\n${row}\n2024-01-02,1,a,b\n`);
      bytes[bytes.indexOf(0)] = 0xe9;
      const { failure } = await outcomeOf(() => batchesOfCsv([bytes]));
      expect(failure).toMatchObject({ code: "malformed_data", detail: "The body is not valid UTF-8." });
    }
  });

  it("cuts long bodies into the same frames, and keeps their ordinals", async () => {
    const minute = (row: number) => new Date(1_767_225_600_000 + row * 60_000).toISOString();
    const line = (row: number) => `${minute(row)},host-${row % 7},${row % 97}.5,${row % 13}`;
    const many = Array.from({ length: 12_001 }, (_, row) => line(row));
    const late = Array.from({ length: 300 }, (_, i) => line((i * 37) % 9_000));
    const sparse = Array.from(
      { length: 3_000 },
      (_, i) => `${minute(20_000 + (i >> 1))},host-1,${i % 3 ? i : ""},${i % 5 ? 1 : ""}`,
    );
    const text = ["time,host,a,b", ...many, ...late, ...sparse, ...many.slice(0, 500)].join("\n");
    expect((await expectSame(text, utf8(text), [100_000, 1_000_000])).frames.length).toBeGreaterThan(3);
    const noted = many.map(
      (row, i) => `${row},"${i % 3 ? `what was seen on that day, as the person told ${i}` : ""}"`,
    );
    const notes = ["time,host,a,b,note", ...noted].join("\n");
    expect((await expectSame(notes, utf8(notes), [70_000])).frames.length).toBeGreaterThan(2);
    const timeless = ["v,host", ...Array.from({ length: 6_000 }, (_, i) => `${i},h${i % 5}`)].join("\n");
    expect((await expectSame(timeless)).frames).toHaveLength(2);
    const sets = ["time,host,v", ...Array.from({ length: 11_000 }, (_, i) => `${minute(i)},h${i},1`)].join(
      "\n",
    );
    expect((await expectSame(sets)).frames.length).toBeGreaterThan(2);
    const wide = Array.from({ length: 2_500 }, (_, i) =>
      [minute(i), ...Array.from({ length: 90 }, (_, f) => i + f)].join(),
    );
    const head = ["time", ...Array.from({ length: 90 }, (_, f) => `f${f}`)].join();
    expect((await expectSame([head, ...wide].join("\n"))).frames.length).toBeGreaterThan(1);
  });

  it("says what a body without rows, without a header and with a quote that never closes is", async () => {
    for (const text of ["", "\n\n", "time,v", "time,v\n", "\uFEFF", "time,v\n\n ,\n"])
      expect(await outcomeOf(() => batchesOfCsv([utf8(text)]))).toEqual({
        frames: [],
        rejected: 0,
        errors: [],
      });
    const open = utf8(`time,v\n2024-01-01,1\n2024-01-02,"${"x,\n".repeat(1_400_000)}`);
    for (const size of [16_384, 5_000_000]) {
      const { failure } = await outcomeOf(() => batchesOfCsv(pieces(open, size)));
      expect(failure).toMatchObject({ code: "malformed_data", detail: "A quote in the CSV does not close." });
    }
    const { failure } = await outcomeOf(() => batchesOfCsv([utf8(`${"c,".repeat(400)}\n1`)]));
    expect(failure).toMatchObject({ code: "malformed_data" });
  });
});
