import { describe, expect, it } from "vitest";
import { type BookType, utils, write } from "xlsx";
import { AppError } from "../../src/core/errors";
import { binaryFormat } from "../../src/extraction/detect/binary";
import { readLotus } from "../../src/extraction/formats/lotus";
import { seededRandom } from "../support/series";
import { rowsOf, zipped } from "./xlsx-support";

async function refusal(body: Uint8Array): Promise<string> {
  try {
    await readLotus(body);
    return "";
  } catch (error) {
    if (error instanceof AppError) return error.failure.code;
    throw error;
  }
}

const short = (value: number) => [value & 255, (value >> 8) & 255];
const double = (value: number) => [...new Uint8Array(new Float64Array([value]).buffer)];
const text = (value: string) => [...value].map((one) => one.charCodeAt(0));
const record = (type: number, body: number[]) => [...short(type), ...short(body.length), ...body];
const file = (...records: number[][]) => Uint8Array.from(records.flat());
const END = record(1, []);

describe("a worksheet of 1-2-3 to release 2", () => {
  const BEGIN = record(0, short(0x0406));
  const cell = (type: number, row: number, column: number, body: number[], format = 0xff) =>
    record(type, [format, ...short(column), ...short(row), ...body]);
  const label = (row: number, column: number, value: string) => cell(0x0f, row, column, [...text(value), 0]);
  const NAMES = [label(0, 0, "'day"), label(0, 1, '"depth'), label(0, 2, "^site")];

  it("has labels without their alignment, dates and times by their formats, and formulas apart from values", async () => {
    const body = file(
      BEGIN,
      ...NAMES,
      label(0, 3, "'at"),
      cell(0x0e, 1, 0, double(45_352), 0xf2),
      cell(0x0d, 1, 1, short(-3)),
      label(1, 2, "'K\x94ln"),
      cell(0x0e, 1, 3, double(0.25), 0xf7),
      cell(0x0e, 2, 0, double(45_353), 0xf2),
      cell(0x10, 2, 1, [...double(1.5), ...short(1), 3]),
      cell(0x10, 2, 2, [...double(0), ...short(1), 3]),
      cell(0x33, 2, 2, [...text("weir"), 0]),
      cell(0x0e, 2, 3, double(Number.NaN), 0xf7),
      END,
    );
    expect(binaryFormat(body)).toBe("lotus");
    const [table] = await readLotus(body);
    expect(table!.columns).toEqual(["day", "depth", "site", "at"]);
    expect(rowsOf(table)).toEqual([
      ["2024-03-01", -3, "Köln", "06:00:00"],
      ["2024-03-02", 1.5, "weir", null],
    ]);
    expect(table!.notes.join(" ")).toContain("2 cell(s)");
  });

  it("is read where Quattro or Works wrote it", async () => {
    const quattro = (row: number, column: number, value: string) =>
      cell(0x0f, row, column, [39, value.length, ...text(value), 0]);
    const works = (type: number, row: number, column: number, body: number[]) =>
      record(type, [...short(column), ...short(row), 0, 0, ...body]);
    const written = [
      file(
        record(0, short(0x5120)),
        quattro(0, 0, "n"),
        quattro(0, 1, "v"),
        cell(0x0d, 1, 0, short(1)),
        cell(0x0d, 1, 1, short(2)),
        END,
      ),
      file(
        record(0xff, short(0x0404)),
        works(0x0f, 0, 0, [...text("n"), 0]),
        works(0x0f, 0, 1, [...text("v"), 0]),
        works(0x0e, 1, 0, double(1)),
        works(0x0e, 1, 1, double(2)),
        END,
      ),
    ];
    for (const body of written) {
      expect(binaryFormat(body)).toBe("lotus");
      const [table] = await readLotus(body);
      expect([table!.columns, rowsOf(table)]).toEqual([["n", "v"], [[1, 2]]]);
    }
  });

  it("is refused where it is cut or has nothing in it", async () => {
    expect(await refusal(file(BEGIN, END))).toBe("no_valid_rows");
    expect(await refusal(file(BEGIN, ...NAMES).slice(0, -3))).toBe("malformed_data");
    expect(await refusal(file(BEGIN, record(0x0e, [1, 2]), END))).toBe("malformed_data");
    expect(await refusal(file(BEGIN, cell(0x0d, 1, 40_000, short(1)), END))).toBe("malformed_data");
  });
});

describe("a worksheet of 1-2-3 from release 3 on", () => {
  const BEGIN = record(0, [...short(0x1000), ...new Array<number>(24).fill(0)]);
  const cell = (type: number, sheet: number, row: number, column: number, body: number[]) =>
    record(type, [...short(row), sheet, column, ...body]);
  const label = (sheet: number, row: number, column: number, value: string) =>
    cell(0x16, sheet, row, column, [...text(value), 0]);
  const word = (value: number) => [...short(value & 0xffff), ...short(value >>> 16)];

  it("has its sheets by their names, and every way to write a number", async () => {
    // 1.5 in the extended format: mantissa 0xC000000000000000, exponent 16383.
    const extended = [0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0x3f];
    const numbers = [
      cell(0x17, 0, 1, 0, extended),
      cell(0x19, 0, 1, 1, [...extended.slice(0, 9), 0xbf, 3]),
      cell(0x18, 0, 1, 2, short(-7 * 2)),
      cell(0x18, 0, 1, 3, short((13 << 4) | (2 << 1) | 1)),
      cell(0x25, 0, 1, 4, word((125 << 6) | 16 | 1)),
      cell(0x25, 0, 1, 5, word((125 << 6) | 32 | 2)),
      cell(0x27, 0, 1, 6, double(0.1)),
      cell(0x28, 0, 1, 7, [...double(2), 3]),
      cell(0x17, 0, 1, 8, [0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0xff]),
    ];
    const names = numbers.map((_, i) => label(0, 0, i, `'n${i}`));
    const body = file(
      BEGIN,
      record(0x1b, [...short(0x36b0), ...short(0), ...text("Gauge"), 0]),
      ...names,
      ...numbers,
      label(2, 0, 0, "'site"),
      label(2, 0, 1, "'v"),
      cell(0x1a, 2, 1, 0, [...text("mill"), 0]),
      cell(0x27, 2, 1, 1, double(9)),
      END,
    );
    expect(binaryFormat(body)).toBe("lotus");
    const tables = await readLotus(body);
    expect(tables.map((table) => [table.name, rowsOf(table)])).toEqual([
      ["Gauge", [[1.5, -1.5, -7, 0.65, 12.5, -12_500, 0.1, 2, null]]],
      ["C", [["mill", 9]]],
    ]);
    expect(tables[0]!.notes.join(" ")).toMatch(/2 cell\(s\).*days since 30 December 1899/);
  });
});

describe("worksheets that another program writes", () => {
  const rows = [
    ["day", "site", "depth"],
    [new Date(Date.UTC(2024, 2, 1)), "mill", 1.5],
    [new Date(Date.UTC(2024, 2, 2)), "weir", -2],
  ];
  const written = (bookType: "wk1" | "wk3") => {
    const book = utils.book_new();
    utils.book_append_sheet(book, utils.aoa_to_sheet(rows, { cellDates: true, UTC: true }), "Data");
    // Its types leave out wk3, which it writes.
    return new Uint8Array(write(book, { type: "array", bookType: bookType as BookType }));
  };

  it("hold the same rows", async () => {
    const [first] = await readLotus(written("wk1"));
    expect(rowsOf(first)).toEqual([
      ["2024-03-01", "mill", 1.5],
      ["2024-03-02", "weir", -2],
    ]);
    const [third] = await readLotus(written("wk3"));
    expect([third!.name, rowsOf(third).map(([, ...rest]) => rest)]).toEqual([
      "Data",
      [
        ["mill", 1.5],
        ["weir", -2],
      ],
    ]);
  });

  it("give tables or a typed failure for any change of their bytes", async () => {
    const random = seededRandom(9);
    for (const original of [written("wk1"), written("wk3")])
      for (let round = 0; round < 300; round++) {
        const changed = original.slice(
          0,
          round % 5 === 0 ? Math.floor(random() * original.length) : undefined,
        );
        for (let i = 0; i <= round % 8 && changed.length > 0; i++)
          changed[Math.floor(random() * changed.length)] = round % 2 === 0 ? 255 : Math.floor(random() * 256);
        expect(["", "malformed_data", "no_valid_rows", "payload_too_large"]).toContain(
          await refusal(changed),
        );
      }
  });
});

describe("worksheets and documents that are known and not read", () => {
  it.each([
    ["Quattro Pro for Windows", Uint8Array.of(0, 0, 2, 0, 1, 0x10, 9, 9)],
    ["Multiplan", Uint8Array.of(0x0c, 0xed, 0, 0, 0, 0)],
    ["Apple Numbers", zipped({ "Index/Document.iwa": "x", "Index/CalculationEngine.iwa": "x" })],
    [
      "Apple Numbers",
      zipped({ "book.numbers/Index.zip": "x", "book.numbers/Metadata/Properties.plist": "x" }),
    ],
  ])("are called by their name: %s", (name, body) => {
    expect(() => binaryFormat(body)).toThrow(new RegExp(`^unrecognised_format: .*${name}`));
  });
});
