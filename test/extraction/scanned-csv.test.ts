import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/core/bytes";
import { AppliedRows, newAccounting } from "../../src/extraction/apply";
import type { TablePlan } from "../../src/extraction/contract";
import { normalText } from "../../src/extraction/detect/text";
import { CsvRows } from "../../src/extraction/formats/csv";
import { readText } from "../../src/extraction/read";
import { ScannedCsv } from "../../src/extraction/scanned-csv";
import { understandTables } from "../../src/extraction/understand";
import { type Batch, BatchBuilder } from "../../src/streams/batch";
import { seededRandom } from "../support/series";
import { inPieces, pick, told } from "./scanned-support";

function byRows(plan: TablePlan, text: string) {
  const accounting = newAccounting();
  const own = new AppliedRows(plan, accounting);
  const reader = new CsvRows(plan.dialect!);
  const builder = new BatchBuilder();
  const batches: Batch[] = [];
  for (const read of [...reader.push(text), ...reader.end()]) {
    const batch = builder.add("reason" in read ? own.reject(read) : own.apply(read, reader.columns));
    if (batch) batches.push(batch);
  }
  batches.push(...builder.finish());
  return { ...told(batches), skipped: reader.skipped, unreadable: [...accounting.unreadableCells] };
}

function byBytes(plan: TablePlan, text: string, random: () => number) {
  const accounting = newAccounting();
  const bytes = utf8(text);
  // The lines above the rows are not in the tail.
  const tail = bytes.length - Math.floor((0.1 + random() * 0.8) * bytes.length);
  const own = new AppliedRows(plan, accounting);
  const head = normalText(text).slice(0, bytes.length - tail);
  const scanned = ScannedCsv.open(plan, head, bytes.length, own, tail);
  if (!scanned) return null;
  const batches = inPieces(scanned, bytes, random);
  return { ...told(batches), skipped: scanned.rows.skipped, unreadable: [...accounting.unreadableCells] };
}

const pad = (value: number) => String(value).padStart(2, "0");
const TIMES = [
  (i: number) => new Date(Date.UTC(2024, 0, 1) + i * 60_000).toISOString(),
  (i: number) => `${pad(1 + (i % 28))}/${pad(1 + (Math.floor(i / 28) % 12))}/2024 ${pad(i % 24)}:00`,
  (i: number) => String(1_700_000_000 + i),
  (i: number) => `2024-03-${pad(1 + (i % 28))}`,
];
const NUMBERS = [
  "1",
  "-2.5",
  "0",
  "007",
  "1e3",
  "",
  "n/a",
  "1,234.5",
  "oops",
  " 7 ",
  "12345678901234.25",
  "true",
  "+3",
];
const WORDS = ["a", "b", "", " north ", '"quoted, b"', '"two\nlines"', "Total", "-", "Köln", "n/a", "---"];

/** Reads a text both ways, cut anywhere; its lines may end otherwise than by `\n`. */
function bothWays(text: string, plan: TablePlan, random: () => number, lineEnd = "\n") {
  const ended = lineEnd === "\n" ? text : text.replace(/\n/g, lineEnd);
  const one = byRows(plan, normalText(text));
  const other = byBytes(plan, ended, random);
  expect(other).not.toBeNull();
  return { one, other };
}

/** The plan of {@link tableOf}: what its last columns are for varies, and so do its quotes. */
function planFor(mark: string, random: () => number): TablePlan {
  const clean = tableOf(",", 40, () => pick(random, ["b", "c"]));
  const { plan } = understandTables({ tables: readText({ body: clean }), notes: [] }).tables[0]!;
  const role = pick(random, ["category", "attribute", "ignored", "category"] as const);
  return {
    ...plan,
    dialect: { ...plan.dialect!, delimiter: mark, quote: pick(random, ['"', '"', '"', "'", ""] as const) },
    columns: plan.columns.map((column) => (column.source === "note" ? { ...column, role } : column)),
  };
}

/** A table whose rows are at first all alike, then have what `noteOf` gives in a cell; the last ends the table as a row. */
function tableOf(mark: string, rows: number, noteOf: () => string): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const time = new Date(Date.UTC(2024, 0, 1) + i * 60_000).toISOString();
    const note = i < rows / 4 || i === rows - 1 ? `a${i % 3}` : noteOf();
    return `${time}${mark}${i / 4}${mark}${note}${mark}${i % 7}`;
  });
  return `when${mark}value${mark}note${mark}other\n${lines.join("\n")}\n`;
}

/** Quotes that open a cell, close one, stand within one or alone, as people and programs write them. */
const QUOTED = [
  '5" pipe',
  '"5" pipe"',
  '"open',
  'closed"',
  '"a"',
  ' "b"',
  '"c" ',
  '  "d"  ',
  '"say ""so"""',
  '"say \\"so\\""',
  '"say "so" now"',
  '"in, it; and|so\ton"',
  '"two\nlines"',
  '"\n"',
  '""',
  '"',
  '"""',
  '"x"y',
  "'single'",
  "\0'\0",
  '\0"nul"',
  "word",
  "Köln",
  "\u00a0",
  '\ufeff"mark"',
];

describe("delimited text read from its bytes", () => {
  it("becomes the same rows as read one by one, wherever it is cut and its tail begins", () => {
    const random = seededRandom(21);
    for (let round = 0; round < 60; round++) {
      const time = TIMES[round % TIMES.length]!;
      const mark = pick(random, [",", ";", "\t", "|"]);
      const lines = Array.from({ length: 150 }, (_, i) => {
        if (random() < 0.02)
          return pick(random, [
            "",
            "# a comment",
            "-----",
            `when${mark}value${mark}other${mark}place${mark}note`,
            "Total",
          ]);
        const clean = i < 60 && random() < 0.95;
        const value = clean ? String(i / 4) : pick(random, NUMBERS).replaceAll(mark, "");
        const word = () =>
          clean ? pick(random, ["a", "b"]) : pick(random, WORDS).replaceAll(mark, mark === "," ? "," : "");
        const cells = [random() < 0.03 ? "never" : time(Math.floor(i / 2)), value, String(i), word(), word()];
        return `${cells.slice(0, random() < 0.05 ? 3 : 5).join(mark)}${random() < 0.02 ? `${mark}x` : ""}`;
      });
      const text = `${round % 3 === 0 ? "A title\n\n" : ""}when${mark}value${mark}other${mark}place${mark}note\n${lines.join(round % 5 === 0 ? "\r\n" : "\n")}\n`;
      const normal = text.replace(/\r\n/g, "\n");
      const { plan } = understandTables({ tables: readText({ body: normal }), notes: [] }).tables[0]!;
      if (!plan.timestamp || plan.dialect?.delimiter !== mark) continue;
      const one = byRows(plan, normal);
      const other = byBytes(plan, round % 5 === 0 ? text : normal, random);
      expect(other, JSON.stringify(normal)).toEqual(one);
    }
  });

  it("has its quotes where a reader of rows has them: lone ones, late ones, closed where no cell ends", () => {
    const random = seededRandom(5);
    for (let round = 0; round < 300; round++) {
      const mark = pick(random, [",", ";", "\t", "|", " "]);
      const share = random() * 0.3;
      const text = tableOf(mark, 40 + Math.floor(random() * 80), () =>
        random() < share ? pick(random, QUOTED) : pick(random, ["a", '"b"', ""]),
      );
      const lineEnd = pick(random, ["\n", "\r\n", "\r"]);
      const { one, other } = bothWays(text, planFor(mark, random), random, lineEnd);
      expect(other, JSON.stringify(text)).toEqual(one);
    }
  });

  it("has its quotes where a reader of rows has them in any text of few characters", () => {
    const random = seededRandom(8);
    for (let round = 0; round < 600; round++) {
      const text = tableOf(",", 30, () =>
        Array.from({ length: Math.floor(random() * 9) }, () =>
          pick(random, ['"', '"', '"', ",", "\n", " ", "\t", "a", "1", "\0", "é", "𝄞"]),
        ).join(""),
      );
      const lineEnd = pick(random, ["\n", "\r\n", "\r"]);
      const { one, other } = bothWays(text, planFor(",", random), random, lineEnd);
      expect(other, JSON.stringify(text)).toEqual(one);
    }
  });

  it("loses no line to a quote that is never closed, below the names or above them", () => {
    const random = seededRandom(3);
    let at = 0;
    const table = tableOf(",", 200, () => (++at % 40 === 0 ? '"5 pipe' : at % 3 === 0 ? '"a, b"' : "c"));
    const text = `"A title\n\n${table}`;
    const { plan } = understandTables({ tables: readText({ body: text }), notes: [] }).tables[0]!;
    const { one, other } = bothWays(text, plan, random);
    expect(other).toEqual(one);
    expect(one.rows.length + one.rejected).toBe(200);
  });

  it("goes on behind quotes that are open for megabytes, and behind lines that are as long", () => {
    const random = seededRandom(4);
    const long = "é0123456789".repeat(400_000);
    const lines = tableOf(",", 3_000, () => pick(random, ["a", '"b, c"', '"d"'])).split("\n");
    lines.splice(2_000, 0, `2024-02-01T00:00:00Z,1,"open,2`, `2024-02-01T00:01:00Z,1,${long},2`);
    lines.splice(2_500, 0, `2024-02-01T00:02:00Z,1,${long}${long},2`, `2024-02-01T00:03:00Z,1,"${long}",2`);
    const text = lines.join("\n");
    const { plan } = understandTables({ tables: readText({ body: text }), notes: [] }).tables[0]!;
    const { one, other } = bothWays(text, plan, random);
    expect(other).toEqual(one);
    expect(one.rows.length + one.rejected).toBe(3_004);
  });
});

it("knows what stands below wide rows as the reader of rows does, where the end is long", () => {
  const wide = Array.from({ length: 120 }, (_, i) => `column ${i}`);
  const rows = Array.from({ length: 1_000 }, (_, i) =>
    [
      new Date(Date.UTC(2024, 0, 1) + i * 60_000).toISOString(),
      ...wide.map((_, at) => `${i}.${at}123`),
    ].join(),
  );
  const notes = Array.from({ length: 200 }, (_, i) => `* Note ${i}: ${"how it was measured ".repeat(50)}`);
  const text = `${["when", ...wide].join()}\n${rows.join("\n")}\n${notes.join("\n")}\n`;
  const bytes = utf8(text);
  const { plan } = understandTables({ tables: readText({ body: text }), notes: [] }).tables[0]!;
  const one = byRows(plan, text);
  expect(one).toMatchObject({ rejected: 0, skipped: { footnotes: notes.length } });
  const scanned = ScannedCsv.open(
    plan,
    text.slice(0, 300_000),
    bytes.length,
    new AppliedRows(plan, newAccounting()),
  )!;
  const { rejected } = told(inPieces(scanned, bytes, seededRandom(2)));
  expect(rejected).toBe(0);
  expect(scanned.rows.skipped).toEqual(one.skipped);
});

it("names the columns behind the names of rows from bytes as from text", () => {
  const random = seededRandom(5);
  const [header, ...rows] = tableOf(",", 300, () => "b")
    .trimEnd()
    .split("\n");
  const text = `${[header, ...rows.map((row, i) => `r${i},${row}`)].join("\n")}\n`;
  const { plan } = understandTables({ tables: readText({ body: text }), notes: [] }).tables[0]!;
  expect(plan.dialect).toMatchObject({ has_header: true, row_names: true });
  expect(plan.timestamp?.fields).toEqual(["when"]);
  const { one, other } = bothWays(text, plan, random);
  expect(one.rows).toHaveLength(rows.length);
  expect(other).toEqual(one);
});
