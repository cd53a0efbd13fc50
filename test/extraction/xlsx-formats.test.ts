import { describe, expect, it } from "vitest";
import { type BookType, read, utils, write } from "xlsx";
import { isWorkbook, readWorkbook, workbookKind } from "../../src/extraction/formats/xlsx";
import { OfficePackage } from "../../src/extraction/formats/xlsx/package";
import type { Workbook } from "../../src/extraction/formats/xlsx/sheet";
import { readSpreadsheetMl } from "../../src/extraction/formats/xlsx/spreadsheet-ml";
import { readTree } from "../../src/extraction/formats/xlsx/tree";
import {
  type CellOf,
  refusal,
  rowsOf,
  shared,
  sheetOf,
  styled,
  type WorkbookOf,
  workbook,
} from "./xlsx-support";

const ROWS = [
  ["day", "site", "level", "ok"],
  ["2024-01-01", "Köln", 1.5, true],
  ["2024-01-02", "東京", -2, false],
  ["2024-01-03", "", 3e10, true],
];

function written(bookType: BookType, rows: unknown[][] = ROWS, date1904 = false): Uint8Array {
  const book = utils.book_new();
  const sheet = utils.aoa_to_sheet(rows);
  for (const cell of Object.values(sheet)) if (cell?.t === "n" && cell.v === 45_356) cell.z = "yyyy-mm-dd";
  utils.book_append_sheet(book, sheet, "Sheet1");
  if (date1904) book.Workbook = { WBProps: { date1904 } };
  return new Uint8Array(write(book, { type: "array", bookType }));
}

/** Every cell of every sheet with its place and value. */
const everything = ({ sheets }: Workbook) =>
  sheets.map(({ name, hidden, cells, merges, formulas }) => {
    const found: unknown[] = [];
    for (let i = 0; i < cells.rowCount; i++)
      cells.eachCell(i, (column, cell) => found.push([cells.rowNumber(i), column, cells.value(cell)]));
    return { name, hidden, merges, formulas, found };
  });

describe("every kind of workbook", () => {
  it.each<BookType>(["xlsx", "xlsm", "xlsb", "biff8", "biff5", "biff2", "ods"])(
    "gives the same table: %s",
    async (type) => {
      // Before BIFF8 a file knows one code page only.
      const rows = ROWS.map((row) =>
        row.map((cell) =>
          typeof cell === "string" && /biff[25]/.test(type) ? cell.replace(/[^ -~]/g, "x") : cell,
        ),
      );
      const bytes = written(type, rows);
      expect(isWorkbook(bytes)).toBe(true);
      const [table] = await readWorkbook(bytes);
      expect(table!.columns).toEqual(rows[0]);
      expect(rowsOf(table)).toEqual(
        rows.slice(1).map((row) => row.map((cell) => (cell === "" ? null : cell))),
      );
    },
  );

  it.each<BookType>(["xlsx", "xlsb", "biff8", "ods"])(
    "tells serial numbers of dates by their format: %s",
    async (type) => {
      const [table] = await readWorkbook(
        written(type, [
          ["day", "n"],
          [45_356, 1],
          [45_356, 2],
        ]),
      );
      expect(rowsOf(table)[0]).toEqual(["2024-03-05", 1]);
    },
  );

  it.each<BookType>(["xlsx", "xlsb", "biff8"])("knows the system of 1904: %s", async (type) => {
    const bytes = written(
      type,
      [
        ["day", "n"],
        [45_356, 1],
        [45_356, 2],
      ],
      true,
    );
    const serial = read(bytes).Workbook?.WBProps?.date1904;
    expect(serial).toBe(true);
    const [table] = await readWorkbook(bytes);
    expect(rowsOf(table)[0]![0]).toBe("2028-03-06");
  });
});

describe("the reader of streams", () => {
  const formats = ["yyyy-mm-dd", "d/m/yy h:mm:ss", "h:mm", "[h]:mm", "0.0%"];
  const dates: CellOf[] = [
    styled(45_356.25, 1),
    styled(45_356.999, 2),
    styled(0.3, 3),
    styled(1.25, 4),
    styled(0.1, 5),
  ];
  const cases: [string, WorkbookOf][] = [
    ["plain values", { sheets: [{ rows: ROWS.map((row) => [...row] as CellOf[]) }] }],
    ["dates", { sheets: [{ rows: [["a", "b", "c", "d", "e"], dates, dates] }], formats }],
    ["dates of 1904", { sheets: [{ rows: [["a", "b", "c", "d", "e"], dates] }], formats, date1904: true }],
    [
      "shared strings",
      {
        sheets: [
          {
            rows: [
              [shared(0), shared(1)],
              [shared(1), shared(2)],
            ],
          },
        ],
        sharedStrings: [
          "<t>a</t>",
          "<r><t>b </t></r><r><t>c</t></r>",
          '<t xml:space="preserve"> d &lt; </t>',
        ],
      },
    ],
    [
      "errors and formulas",
      {
        sheets: [
          {
            rows: [
              ["a", { xml: ' t="str"><f>"b"</f><v>b</v>' }],
              [{ xml: ' t="e"><v>#REF!</v>' }, { xml: "><f>1+1</f><v>2</v>" }],
            ],
          },
        ],
      },
    ],
    [
      "several sheets, merged and hidden",
      {
        sheets: [
          {
            name: "One & only",
            rows: [
              ["a", null, "b"],
              [1, 2, 3],
            ],
            merges: ["A1:B1"],
          },
          { name: "Two", rows: [["x"], [null, null, 4]], state: "hidden" },
        ],
      },
    ],
  ];
  it.each(cases)("reads what SheetJS reads: %s", (_, of) => {
    const bytes = workbook(of);
    expect(everything(readSpreadsheetMl(new OfficePackage(bytes)))).toEqual(everything(readTree(bytes)));
  });

  it("reads what SheetJS writes", () => {
    const bytes = written("xlsx");
    expect(everything(readSpreadsheetMl(new OfficePackage(bytes)))).toEqual(everything(readTree(bytes)));
  });

  it("holds a large sheet as numbers, not as objects", () => {
    const rows = Array.from({ length: 40_000 }, (_, i): CellOf[] => [i, i / 7, i % 2 === 0]);
    const book = readSpreadsheetMl(new OfficePackage(sheetOf(rows)));
    const { cells } = book.sheets[0]!;
    expect([cells.rowCount, cells.cellCount]).toEqual([40_000, 120_000]);
    const last: unknown[] = [];
    cells.eachCell(39_999, (_, cell) => last.push(cells.value(cell)));
    expect(last).toEqual([39_999, 39_999 / 7, false]);
  });
});

describe("what is told by content", () => {
  it("knows workbooks by their parts", () => {
    expect(workbookKind(["[Content_Types].xml", "xl/workbook.xml"])).toBe("xlsx");
    expect(workbookKind(["[Content_Types].xml", "xl\\workbook.bin"])).toBe("xlsb");
    expect(workbookKind(["mimetype", "content.xml"])).toBe("ods");
    expect(workbookKind(["[Content_Types].xml", "word/document.xml"])).toBeNull();
    expect(workbookKind(["data.csv"])).toBeNull();
    expect(isWorkbook(new TextEncoder().encode("a,b\n1,2\n"))).toBe(false);
    expect(isWorkbook(new TextEncoder().encode("<html><table><tr><td>1</td></tr></table></html>"))).toBe(
      false,
    );
  });

  it("refuses an OpenDocument that is a text", async () => {
    const text = workbook({ sheets: [] });
    expect(await refusal(text)).toBe("no_valid_rows");
  });
});
