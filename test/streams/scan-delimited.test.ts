import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/core/bytes";
import type { TimestampPlan } from "../../src/extraction/contract";
import { readValue } from "../../src/extraction/infer/cell-values";
import { isMissingWord } from "../../src/extraction/infer/numbers";
import { readRowTime } from "../../src/extraction/infer/row-time";
import type { ParsedRow } from "../../src/streams/append";
import { batchesOfRows } from "../../src/streams/batch";
import type { Point } from "../../src/streams/contract";
import {
  type CellMeaning,
  DelimitedScanner,
  type DelimitedSpec,
  delimitedBatches,
} from "../../src/streams/scan";
import { outcomeOf } from "../support/batches";

/** How a table is read in the test, a row by itself: what a scanner's spec must agree with. */
interface Reading {
  plan: Omit<TimestampPlan, "fields" | "formats"> & { columns: 1 | 2 };
  decimal: "." | ",";
}

/** Columns: the time's, a number, a tag, a text, and one that a delimiter behind each row makes. */
function specOf({ plan, decimal }: Reading): DelimitedSpec {
  const fields = plan.columns === 2 ? ["date", "clock"] : ["time"];
  const { columns: times, ...rest } = plan;
  const timePlan: TimestampPlan = { ...rest, fields, formats: [] };
  const format = { decimal, group: decimal === "." ? ("," as const) : ("." as const) };
  const number = (text: string): CellMeaning => {
    const value = readValue(text, format);
    if (value !== null) return { is: "field", value };
    return text.trim() === "" || isMissingWord(text) ? { is: "absent" } : { is: "unclear" };
  };
  const word = (text: string, is: "tag" | "attribute"): CellMeaning =>
    text.trim() === ""
      ? { is: "absent" }
      : /^total/i.test(text.trim())
        ? { is: "unclear" }
        : { is, text: text.trim() };
  const form: DelimitedSpec["time"] & object = {
    columns: times === 2 ? [0, 1] : [0],
    form:
      plan.kind === "calendar"
        ? { kind: "calendar", order: plan.order, zoneSeconds: plan.zone === "UTC" ? 0 : 5_400 }
        : plan.kind === "epoch"
          ? { kind: "epoch", unit: plan.epoch_unit! }
          : { kind: "other" },
    read: (cells) => readRowTime([...cells], timePlan) ?? undefined,
  };
  return {
    delimiter: 59,
    quote: 34,
    columns: [
      ...fields.map(() => ({ kind: "time" }) as const),
      { kind: "number", name: "v", decimal, read: number },
      { kind: "text", name: "place", read: (text) => word(text, "tag") },
      { kind: "attribute", name: "note", read: (text) => word(text, "attribute") },
      { kind: "blank" },
    ],
    time: form,
    linesBefore: 3,
    numbering: "lines",
    unclearStarts: [35],
    readRow: (cells, row): ParsedRow | null => {
      if (cells[0]!.trimStart().startsWith("#")) return null;
      if (cells.some((cell) => /^total/i.test(cell.trim()))) return null;
      if (cells.slice(times + 3).some((cell) => cell.trim() !== "")) return { row, rejected: "too wide" };
      const timestamp = readRowTime(
        fields.map((_, at) => cells[at] ?? null),
        timePlan,
      );
      if (timestamp === null) return { row, rejected: "no time" };
      const point: Point = { timestamp, fields: {}, tags: {} };
      const [value, place, note] = cells.slice(times, times + 3);
      const meaning = number(value ?? "");
      if (meaning.is === "field") point.fields.v = meaning.value;
      if (place?.trim()) point.tags.place = place.trim();
      if (note?.trim()) point.attributes = { note: note.trim() };
      return { row, point };
    },
  };
}

function* rowsOf(text: string, spec: DelimitedSpec): Generator<ParsedRow> {
  const lines = text.split("\n");
  const { data } = Papa.parse<string[]>(lines.slice(spec.linesBefore).join("\n"), {
    delimiter: ";",
    newline: "\n",
  });
  let line = spec.linesBefore + 1;
  for (const cells of data) {
    const row = line;
    line += cells.join("").split("\n").length;
    if (cells.every((cell) => cell.trim() === "")) continue;
    const parsed = spec.readRow(cells, row);
    if (parsed) yield parsed;
  }
}

const two = (value: number) => String(value).padStart(2, "0");
const dates = fc
  .record({
    year: fc.constantFrom(2024, 2026, 1968, 1969, 1850, 2400),
    month: fc.integer({ min: 0, max: 13 }),
    day: fc.integer({ min: 0, max: 32 }),
    mark: fc.constantFrom("-", "/", ".", " "),
    form: fc.constantFrom("iso", "ymd", "dmy", "mdy", "short", "bare", "mixed"),
  })
  .map(({ year, month, day, mark, form }) => {
    if (form === "iso") return `${year}-${two(month)}-${two(day)}`;
    if (form === "ymd") return [year, month, day].join(mark);
    if (form === "dmy") return [two(day), two(month), year].join(mark);
    if (form === "mdy") return [month, day, year].join(mark);
    if (form === "short") return [two(day), month, two(year % 100)].join(mark);
    if (form === "bare") return `${year}${two(month)}${two(day)}`;
    return `${year}-${month}/${day}`;
  });
const clocks = fc
  .record({
    hour: fc.integer({ min: 0, max: 25 }),
    minute: fc.integer({ min: 0, max: 61 }),
    second: fc.constantFrom("", "", ":00", ":07", ":59", ":60", ":7"),
    fraction: fc.constantFrom("", "", "", ".5", ".123456789", ",25", ".", ".1234567890"),
    zone: fc.constantFrom("", "", "", "Z", "+02:00", "-0530", "+15:00", " UTC", " PM", "x"),
    pad: fc.boolean(),
  })
  .map(
    ({ hour, minute, second, fraction, zone, pad }) =>
      `${pad ? two(hour) : hour}:${two(minute)}${second}${second && fraction}${zone}`,
  );
const moments = fc.oneof(
  dates,
  fc.tuple(dates, fc.constantFrom(" ", " ", "T", "  ", "-"), clocks).map((parts) => parts.join("")),
  fc.constantFrom("5 Mar 2024", "2024-W05", "x", "", "1767225600", "24"),
);
const epochs = fc.oneof(
  fc.integer({ min: -5, max: 2_000_000_000 }).map(String),
  fc.constantFrom("1767225600.25", "1e9", "0x10", " 12 ", "2024", "1767225600123456789", "", "012", "-"),
);
const numbers = fc.oneof(
  fc
    .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.constantFrom(".", ","), fc.nat(9_999))
    .map((p) => p.join("")),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.double({ min: 0, max: 1, noNaN: true }).map((value) => String(value).replace(".", ",")),
  fc.constantFrom(
    "1.234",
    "1,234",
    "1.234,5",
    "1,234.5",
    "007",
    "n/a",
    "",
    "-",
    "x",
    "5 %",
    "(3)",
    " 4 ",
    "12 kW",
    "€5",
  ),
);
const words = fc.constantFrom("a", "b", " a", "", "Total", "é", "two words", "long ".repeat(30));
const quoted = fc.constantFrom(false, false, false, true);

const tables = (times: fc.Arbitrary<string[]>) =>
  fc.array(
    fc
      .record({
        times,
        rest: fc.tuple(numbers, words, fc.oneof(words, fc.constantFrom("a;b", "two\nlines", 'say "x"'))),
        end: fc.constantFrom("", "", ";", "; ", ";1", "#"),
        quotes: fc.array(quoted, { minLength: 5, maxLength: 5 }),
        before: fc.constantFrom("", "", "", "", "# note;1\n", '"#";2\n', " \n", ";;;\n", "total\n"),
      })
      .map(({ times, rest, end, quotes, before }) => {
        const cells = [...times, ...rest].map((text, i) =>
          quotes[i] || /[;\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text,
        );
        return before + (end === "#" ? "#" : "") + cells.join(";") + (end === "#" ? "" : end);
      }),
    { maxLength: 25 },
  );

async function expectSame(reading: Reading, rows: readonly string[], size: number) {
  const spec = specOf(reading);
  const text = ["a table", '"of', "time;v;place;note", ...rows, ""].join("\n");
  const bytes = utf8(text);
  const wanted = await outcomeOf(() => batchesOfRows(rowsOf(text, spec)));
  for (const length of [bytes.length, size]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / length) }, (_, i) =>
      bytes.subarray(i * length, (i + 1) * length),
    );
    expect(await outcomeOf(() => delimitedBatches(spec, pieces)), `pieces of ${length}`).toEqual(wanted);
  }
}

const readingOf = (plan: Partial<Reading["plan"]>, decimal: Reading["decimal"]): Reading => ({
  plan: { kind: "calendar", order: "ymd", zone: "UTC", columns: 1, ...plan },
  decimal,
});
const decimals = fc.constantFrom<Reading["decimal"]>(".", ",");
const orders = fc.constantFrom<TimestampPlan["order"]>("ymd", "dmy", "mdy");
const zones = fc.constantFrom("UTC", "+01:30");
const sizes = fc.integer({ min: 1, max: 200 });

describe("a scanner of delimited text", () => {
  it("reads dates of each order, with clocks and zones, as a row by itself is read", async () => {
    const rows = tables(moments.map((moment) => [moment]));
    await fc.assert(
      fc.asyncProperty(rows, orders, zones, decimals, sizes, (table, order, zone, decimal, size) =>
        expectSame(readingOf({ order, zone }, decimal), table, size),
      ),
      { numRuns: 800 },
    );
  });

  it("reads a date and a clock in columns of their own", async () => {
    const rows = tables(fc.tuple(dates, fc.oneof(clocks, fc.constantFrom("17", "1730", "", "x"))));
    await fc.assert(
      fc.asyncProperty(rows, orders, zones, sizes, (table, order, zone, size) =>
        expectSame(readingOf({ order, zone, columns: 2 }, "."), table, size),
      ),
      { numRuns: 500 },
    );
  });

  it("reads epochs of each unit, and times of another kind", async () => {
    const rows = tables(epochs.map((epoch) => [epoch]));
    const kinds = fc.constantFrom<Partial<Reading["plan"]>>(
      ...(["s", "ms", "us", "ns"] as const).map((unit) => ({ kind: "epoch" as const, epoch_unit: unit })),
      { kind: "decimal_year" },
    );
    await fc.assert(
      fc.asyncProperty(rows, kinds, sizes, (table, plan, size) =>
        expectSame(readingOf(plan, "."), table, size),
      ),
      { numRuns: 400 },
    );
  });

  it("counts each row once: taken, read by itself or blank", () => {
    const rows = ["2024-01-01;1;a;", "# a comment", "", " ; ", '2024-01-02;"1";a;"x\ny"', "x;1;a;"];
    const spec = specOf(readingOf({}, "."));
    let read = 0;
    const scanner = new DelimitedScanner({
      ...spec,
      linesBefore: 0,
      readRow: (...row) => {
        read++;
        return spec.readRow(...row);
      },
    });
    const batches = [...scanner.push(utf8(rows.join("\n"))), ...scanner.end()];
    expect([scanner.taken, read, scanner.blank]).toEqual([1, 3, 2]);
    expect(batches.at(-1)!.errors).toEqual([{ row: 7, reason: "no time" }]);
  });
});
