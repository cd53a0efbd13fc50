import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import type { CsvDialect } from "../../src/extraction/contract";
import { readCsv } from "../../src/extraction/formats/csv";
import { CsvRows } from "../../src/extraction/formats/csv/rows";
import { RecordSplitter } from "../../src/extraction/formats/csv/split";
import { JsonLines, readNdjson } from "../../src/extraction/formats/json/lines";
import { type RowReader, skippedTotal, sorted } from "../../src/extraction/formats/source-table";
import { EXTRACTION_LIMITS } from "../../src/extraction/limits";
import { seededRandom } from "../support/series";

const DIALECT: CsvDialect = {
  delimiter: ",",
  quote: '"',
  preamble_lines: 0,
  has_header: true,
  units_row: false,
  comment: null,
  columns: 3,
};

/** Everything that a reader gives, whatever pieces it was given. */
function readIn(reader: RowReader, pieces: readonly string[]) {
  const { rows, bad } = sorted([...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()]);
  const cells = rows.map(({ row, cells: own }) => ({ row, cells: [...own] }));
  for (const { cells: own } of cells) while (own.at(-1) === null) own.pop();
  return {
    rows: cells,
    bad,
    skipped: { ...reader.skipped },
    columns: [...reader.columns],
    notes: [...reader.notes],
  };
}

function cutAnywhere(text: string, random: () => number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = at + Math.floor(random() * random() * 40);
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}

const CELLS = [
  "",
  "1",
  "2.5",
  "x",
  '"a"',
  '"a,b"',
  '"two\nlines"',
  '"a ""b"""',
  '"open',
  'in"side',
  '"a" ',
  "# c",
  "Total",
  "'q'",
  "---",
];

function randomCsv(random: () => number): string {
  const lines = Array.from({ length: 2 + Math.floor(random() * 30) }, () =>
    Array.from(
      { length: 1 + Math.floor(random() * 4) },
      () => CELLS[Math.floor(random() * CELLS.length)],
    ).join(random() < 0.95 ? "," : ";"),
  );
  return `time,a,b\n${lines.join("\n")}${random() < 0.5 ? "\n" : ""}`;
}

describe("reading piece by piece", () => {
  it("gives the same rows of delimited text wherever it is cut", () => {
    const random = seededRandom(7);
    for (let round = 0; round < 400; round++) {
      const text = randomCsv(random);
      const dialect: CsvDialect = { ...DIALECT, comment: round % 2 === 0 ? "#" : null };
      const whole = readIn(new CsvRows(dialect), [text]);
      expect(readIn(new CsvRows(dialect), cutAnywhere(text, random)), JSON.stringify(text)).toEqual(whole);
    }
  });

  it("gives the same rows of JSON lines wherever they are cut", () => {
    const random = seededRandom(8);
    for (let round = 0; round < 100; round++) {
      const lines = Array.from({ length: 20 }, (_, i) =>
        random() < 0.1
          ? "not json"
          : random() < 0.1
            ? ""
            : JSON.stringify({ t: i, [`k${Math.floor(random() * 5)}`]: random(), text: "ü\n\u2028" }),
      );
      const text = lines.join("\n");
      expect(readIn(new JsonLines(), cutAnywhere(text, random))).toEqual(readIn(new JsonLines(), [text]));
    }
  });
});

describe("records of delimited text", () => {
  const split = (text: string, delimiter = ",") => {
    const splitter = new RecordSplitter(delimiter, '"');
    return [...splitter.push(text), ...splitter.end()].map(({ cells }) => cells);
  };

  it("are those that another reader finds, where all quotes are closed", () => {
    const random = seededRandom(9);
    const cells = ["", "1", "a b", '"a"', '"a,b"', '"two\nlines"', '"a ""b"""', 'in"side', '""'];
    for (let round = 0; round < 300; round++) {
      const text = Array.from({ length: 12 }, () =>
        Array.from({ length: 3 }, () => cells[Math.floor(random() * cells.length)]).join(","),
      ).join("\n");
      expect(split(text), text).toEqual(Papa.parse<string[]>(text, { delimiter: ",", newline: "\n" }).data);
    }
  });

  it("say on which line they begin", () => {
    const splitter = new RecordSplitter(",", '"');
    const records = [...splitter.push('a,"b\nc"\nd,e\n"f\n\ng",h\ni,j'), ...splitter.end()];
    expect(records.map(({ row }) => row)).toEqual([1, 3, 4, 7]);
  });

  it("lose nothing to a quote that is never closed, and none of the others to several", () => {
    const rows = Array.from({ length: 50 }, (_, i) => `${i},"ok ${i}",x`);
    rows[10] = '10,"open,x';
    expect(split(rows.join("\n"))).toHaveLength(50);
    for (const at of [20, 30, 40]) rows[at] = `${at},"open,x`;
    const found = split(rows.join("\n"));
    expect(found.at(-1)).toEqual(["49", "ok 49", "x"]);
  });

  it("longer than can be held are rejected by their line, and the next is read", () => {
    const long = "x".repeat(EXTRACTION_LIMITS.recordChars + 1);
    const text = `time,a,b\n1,2,3\n${long}\n4,5,6\n`;
    const whole = readIn(new CsvRows(DIALECT), [text]);
    expect(whole.rows.map(({ row }) => row)).toEqual([2, 4]);
    expect(whole.bad).toMatchObject([{ row: 3 }]);
    const pieces = Array.from({ length: Math.ceil(text.length / 60_000) }, (_, i) =>
      text.slice(i * 60_000, (i + 1) * 60_000),
    );
    expect(readIn(new CsvRows(DIALECT), pieces)).toEqual(whole);
  });

  it("of two megabytes are read", () => {
    const long = "y".repeat(2_000_000);
    const text = `time,a,b\n1,"${long}",3\n4,5,6\n`;
    const pieces = Array.from({ length: Math.ceil(text.length / 60_000) }, (_, i) =>
      text.slice(i * 60_000, (i + 1) * 60_000),
    );
    expect(readIn(new CsvRows(DIALECT), pieces).rows.map(({ cells }) => String(cells[1]).length)).toEqual([
      2_000_000, 1,
    ]);
  });
});

describe("the end of a table", () => {
  const body = Array.from(
    { length: 1_000 },
    (_, i) => `2025-01-01T${String(i % 24).padStart(2, "0")}:00:00Z,${i},x`,
  );

  it("is told from rows that come before more of them", () => {
    const text = ["time,a,b", ...body, "Total,499500,", "", "Source: somewhere"].join("\n");
    const found = readIn(new CsvRows(DIALECT), cutAnywhere(text, seededRandom(3)));
    expect(found.rows).toHaveLength(1_000);
    expect(found.skipped).toMatchObject({ totals: 1, footnotes: 1, blank: 1 });
    const more = readIn(new CsvRows(DIALECT), [["time,a,b", "Total,1,", ...body].join("\n")]);
    expect(more.rows).toHaveLength(1_001);
  });

  it("may be notes without end, which are rows then", () => {
    const text = ["time,a,b", ...body, ...Array.from({ length: 1_000 }, () => "a note")].join("\n");
    const found = readIn(new CsvRows(DIALECT), [text]);
    expect(found.rows.length + found.bad.length + skippedTotal(found.skipped) + 1).toBe(2_001);
  });
});

describe("a dialect that was corrected", () => {
  const plan = (dialect: CsvDialect) => [
    { name: "table", format: "csv" as const, dialect, timestamp: null, columns: [] },
  ];

  it("is honoured: delimiter, lines above, header", () => {
    const text = "a;b\n1,5;2\n3,5;4\n";
    const asked: CsvDialect = {
      delimiter: ";",
      quote: "",
      preamble_lines: 0,
      has_header: false,
      units_row: false,
    };
    const [table] = readCsv(text, plan(asked));
    expect(table).toMatchObject({ columns: ["col1", "col2"], rowCount: 3, headerless: true });
    const [below] = readCsv(`x,y\nq,r\n${text}`, plan({ ...asked, preamble_lines: 2, has_header: true }));
    expect(below).toMatchObject({ columns: ["a", "b"], rowCount: 2, skipped: { preamble: 2 } });
  });
});

it("keeps what JSON lines hold under names that come late", () => {
  const [table] = readNdjson('{"a":1}\n{"a":2,"b":{"c":3}}\n');
  expect(table).toMatchObject({
    columns: ["a", "b.c"],
    rows: [
      { row: 1, cells: [1, null] },
      { row: 2, cells: [2, 3] },
    ],
  });
});
