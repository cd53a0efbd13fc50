import { describe, expect, it } from "vitest";
import { type BookType, read, utils, write } from "xlsx";
import { binaryFormat } from "../../src/extraction/detect/binary";
import { readWorkbook } from "../../src/extraction/formats/xlsx";
import { readBiff } from "../../src/extraction/formats/xlsx/biff";
import { Held, SheetCells, Texts } from "../../src/extraction/formats/xlsx/cells";
import { CompoundFile, hasCompoundMagic } from "../../src/extraction/formats/xlsx/compound-file";
import { KIND, readFormat } from "../../src/extraction/formats/xlsx/number-format";
import { OfficePackage } from "../../src/extraction/formats/xlsx/package";
import type { Workbook } from "../../src/extraction/formats/xlsx/sheet";
import { readSpreadsheetMl } from "../../src/extraction/formats/xlsx/spreadsheet-ml";
import { readXlsb } from "../../src/extraction/formats/xlsx/xlsb";
import {
  type CellOf,
  refusal,
  rowsOf,
  shared,
  sheetOf,
  styled,
  type WorkbookOf,
  workbook,
  zipped,
} from "./xlsx-support";

const ROWS = [
  ["day", "site", "level", "ok"],
  ["2024-01-01", "Köln", 1.5, true],
  ["2024-01-02", "東京", -2, false],
  ["2024-01-03", "", 3e10, true],
];

/** SheetJS writes kinds of XLS that its types do not name. */
type Written = BookType | "biff3" | "biff4";

function written(kind: Written, rows: unknown[][] = ROWS, date1904 = false): Uint8Array {
  const book = utils.book_new();
  const sheet = utils.aoa_to_sheet(rows);
  for (const cell of Object.values(sheet)) if (cell?.t === "n" && cell.v === 45_356) cell.z = "yyyy-mm-dd";
  utils.book_append_sheet(book, sheet, "Sheet1");
  if (date1904) book.Workbook = { WBProps: { date1904 } };
  return new Uint8Array(write(book, { type: "array", bookType: kind as BookType }));
}

const readAny = async (bytes: Uint8Array): Promise<Workbook> =>
  hasCompoundMagic(bytes)
    ? readBiff(new CompoundFile(bytes).stream("Workbook")!)
    : readXlsb(new OfficePackage(bytes));

/** Every cell of every sheet with its place and value, as our readers give it. */
const everything = ({ sheets }: Workbook) =>
  sheets.map(({ name, hidden, cells, merges, formulas }) => {
    const found: unknown[] = [];
    for (let i = 0; i < cells.rowCount; i++)
      cells.eachCell(i, (column, cell) => found.push([cells.rowNumber(i), column, cells.value(cell)]));
    return { name, hidden, merges, formulas, found };
  });

/** The same by SheetJS, which is used for comparison only. */
function bySheetJs(bytes: Uint8Array): ReturnType<typeof everything> {
  const book = read(bytes, { dense: true, cellNF: true, cellText: false });
  const system = book.Workbook?.WBProps?.date1904 ? 1904 : 1900;
  return book.SheetNames.map((name, i) => {
    const sheet = book.Sheets[name]!;
    const texts = new Texts(new Held());
    const cells = new SheetCells(texts, new Held(), system);
    let formulas = 0;
    (sheet["!data"] ?? []).forEach((row, r) => {
      row?.forEach((cell, c) => {
        if (!cell) return;
        if (cell.f !== undefined) formulas++;
        if (cell.t === "s" && String(cell.v).trim() !== "")
          cells.add(r, c, KIND.text, texts.add(String(cell.v)));
        else if (cell.t === "b") cells.add(r, c, KIND.boolean, cell.v ? 1 : 0);
        else if (cell.t === "e") cells.add(r, c, KIND.error, 0);
        else if (cell.t === "n") cells.add(r, c, readFormat(String(cell.z ?? "")).kind, Number(cell.v));
      });
    });
    const merges = (sheet["!merges"] ?? []).map(({ s, e }) => ({
      top: s.r,
      left: s.c,
      bottom: e.r,
      right: e.c,
    }));
    const hidden = (book.Workbook?.Sheets?.[i]?.Hidden ?? 0) !== 0;
    return everything({ sheets: [{ name, hidden, cells, merges, formulas }], charts: [] })[0]!;
  });
}

describe("every kind of workbook", () => {
  it.each<Written>(["xlsx", "xlsm", "xlsb", "biff8", "biff5", "biff4", "biff3", "biff2", "ods"])(
    "gives the same table: %s",
    async (type) => {
      // Before BIFF8 a file knows one code page only.
      const rows = ROWS.map((row) =>
        row.map((cell) =>
          typeof cell === "string" && /biff[2-5]/.test(type) ? cell.replace(/[^ -~]/g, "x") : cell,
        ),
      );
      const bytes = written(type, rows);
      expect(binaryFormat(bytes)).not.toBeNull();
      const [table] = await readWorkbook(bytes);
      expect(table!.columns).toEqual(rows[0]);
      expect(rowsOf(table)).toEqual(
        rows.slice(1).map((row) => row.map((cell) => (cell === "" ? null : cell))),
      );
    },
  );

  it.each<Written>(["xlsx", "xlsb", "biff8", "biff5", "biff4", "biff3", "biff2"])(
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

  it.each<Written>(["xlsx", "xlsb", "biff8", "biff5", "biff4", "biff3", "biff2"])(
    "knows the system of 1904: %s",
    async (type) => {
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
    },
  );
});

describe("XLS", () => {
  it("reads shared texts over the seams of their records, narrow and wide ones", async () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => [
      `text ${i}${i % 3 === 0 ? " größe" : i % 3 === 1 ? " 東京" : ""}`,
      i,
    ]);
    const book = utils.book_new();
    utils.book_append_sheet(book, utils.aoa_to_sheet([["text", "n"], ...rows]), "Sheet1");
    const bytes = new Uint8Array(write(book, { type: "array", bookType: "biff8", bookSST: true }));
    const [table] = await readWorkbook(bytes);
    expect(rowsOf(table)).toEqual(rows);
  });

  it("knows hidden sheets, merged cells, errors and formulas", async () => {
    const book = utils.book_new();
    const sheet = utils.aoa_to_sheet([
      ["a", "b"],
      ["x", 1.5],
      [null, 2],
    ]);
    sheet.B2 = { t: "n", v: 1.5, f: "1+0.5" };
    sheet.B3 = { t: "e", v: 42 };
    sheet["!merges"] = [utils.decode_range("A2:A3")];
    utils.book_append_sheet(book, sheet, "One");
    utils.book_append_sheet(book, utils.aoa_to_sheet([[1]]), "Two");
    book.Workbook = { Sheets: [{ Hidden: 0 }, { Hidden: 1 }] };
    for (const bookType of ["biff8", "xlsb"] as const) {
      const bytes = new Uint8Array(write(book, { type: "array", bookType }));
      const [one, two] = everything(await readAny(bytes));
      expect(one).toMatchObject({ name: "One", merges: [{ top: 1, left: 0, bottom: 2, right: 0 }] });
      expect(one!.found).toEqual([
        [0, 0, "a"],
        [0, 1, "b"],
        [1, 0, "x"],
        [1, 1, 1.5],
        [2, 1, null],
      ]);
      expect(two!.hidden).toBe(true);
    }
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
  it.each(cases)("reads what SheetJS reads: %s", async (_, of) => {
    const bytes = workbook(of);
    expect(everything(await readSpreadsheetMl(new OfficePackage(bytes)))).toEqual(bySheetJs(bytes));
  });

  it("reads what SheetJS writes", async () => {
    const bytes = written("xlsx");
    expect(everything(await readSpreadsheetMl(new OfficePackage(bytes)))).toEqual(bySheetJs(bytes));
  });

  it("holds a large sheet as numbers, not as objects", async () => {
    const rows = Array.from({ length: 40_000 }, (_, i): CellOf[] => [i, i / 7, i % 2 === 0]);
    const book = await readSpreadsheetMl(new OfficePackage(sheetOf(rows)));
    const { cells } = book.sheets[0]!;
    expect([cells.rowCount, cells.cellCount]).toEqual([40_000, 120_000]);
    const last: unknown[] = [];
    cells.eachCell(39_999, (_, cell) => last.push(cells.value(cell)));
    expect(last).toEqual([39_999, 39_999 / 7, false]);
  });
});

describe("what is told by content", () => {
  it("knows delimited text for no workbook", () => {
    expect(binaryFormat(new TextEncoder().encode("a,b\n1,2\n"))).toBeNull();
  });
});

describe("OpenDocument", () => {
  const document = (body: string, more: Record<string, string> = {}, styles = "") =>
    zipped({
      mimetype: "application/vnd.oasis.opendocument.spreadsheet",
      "content.xml": `<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:number="n" xmlns:style="s">${styles}<office:body>${body}</office:body></office:document-content>`,
      ...more,
    });
  const text = (value: string) =>
    `<table:table-cell office:value-type="string"><text:p>${value}</text:p></table:table-cell>`;
  const typed = (type: string, value: string, more = "") =>
    `<table:table-cell office:value-type="${type}" office:${/date|time|boolean|string/.test(type) ? `${type}-` : ""}value="${value}"${more}/>`;
  const row = (...cells: string[]) => `<table:table-row>${cells.join("")}</table:table-row>`;
  const sheet = (...rows: string[]) =>
    `<office:spreadsheet><table:table table:name="One">${rows.join("")}</table:table></office:spreadsheet>`;

  it("gives values as its cells type them, repeated ones as often as they stand there", async () => {
    const bytes = document(
      sheet(
        row(...["day", "from", "took", "share", "ok", "site", "n"].map(text)),
        row(
          typed("date", "2024-03-05"),
          typed("time", "PT09H30M00S"),
          typed("time", "PT36H30M00S"),
          typed("percentage", "0.25"),
          typed("boolean", "true"),
          `<table:table-cell office:value-type="string"><office:annotation><text:p>a remark</text:p></office:annotation><text:p>No<text:s text:c="2"/>rth &amp; <text:span>West</text:span></text:p></table:table-cell>`,
          typed("float", "1.5"),
        ),
        `<table:table-row table:number-rows-repeated="2">${typed("date", "2024-03-06T10:00:00")}<table:table-cell table:number-columns-repeated="5"/>${typed("float", "7", ' table:formula="of:=1+6"')}</table:table-row>`,
        `<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>`,
      ),
    );
    expect(binaryFormat(bytes)).not.toBeNull();
    const [table] = await readWorkbook(bytes);
    expect(rowsOf(table)).toEqual([
      ["2024-03-05", "09:30:00", 36.5, 0.25, true, "No  rth & West", 1.5],
      ["2024-03-06T10:00:00", null, null, null, null, null, 7],
      ["2024-03-06T10:00:00", null, null, null, null, null, 7],
    ]);
    expect(table!.notes.join()).toContain("formulas");
  });

  it("tells which columns a chart draws together, and its title", async () => {
    const named = (title: string) => `<chart:title><text:p>${title}</text:p></chart:title>`;
    const chart = (sheetName: string) =>
      `<office:document-content xmlns:office="o" xmlns:chart="c" xmlns:table="t" xmlns:text="x"><office:body><office:chart><chart:chart>${named("Sold &amp; returned")}<chart:plot-area table:cell-range-address="${sheetName}.A1:${sheetName}.D3"><chart:axis chart:dimension="x">${named("day")}<chart:categories table:cell-range-address="${sheetName}.$A$2:.$A$3"/></chart:axis><chart:series chart:values-cell-range-address="${sheetName}.B2:${sheetName}.B3" chart:label-cell-address="${sheetName}.D1:${sheetName}.D1"/><chart:series chart:values-cell-range-address="${sheetName}.C2:${sheetName}.C2 ${sheetName}.C3:${sheetName}.C3"/></chart:plot-area></chart:chart></office:chart></office:body></office:document-content>`;
    const rows = sheet(
      row(...["day", "sold", "returned", "price"].map(text)),
      ...["2024-01-01", "2024-01-02"].map((day) =>
        row(typed("date", day), ...["1", "2", "3"].map((value) => typed("float", value))),
      ),
    );
    const [table] = await readWorkbook(
      document(rows, {
        "Object 1/content.xml": chart("One"),
        "Object 2/content.xml": chart("'It''s another'"),
      }),
    );
    expect(table!.related).toEqual([["day", "sold"]]);
    expect(table!.notes.join()).toContain('"Sold & returned" draws "day", "sold"');
    const quoted = rows.replace('table:name="One"', 'table:name="It\'s another"');
    const [other] = await readWorkbook(
      document(quoted, { "Object 1/content.xml": chart("'It''s another'") }),
    );
    expect(other!.related).toEqual([["day", "sold"]]);
  });

  it("tells durations from times of day by the styles of cells and of columns", async () => {
    const counting = (name: string, ...units: string[]) =>
      `<number:time-style style:name="${name}" number:truncate-on-overflow="false">${units.map((unit) => `<number:${unit}/>`).join("<number:text>:</number:text>")}</number:time-style>`;
    const cellStyle = (name: string, more: string) =>
      `<style:style style:name="${name}" style:family="table-cell" ${more}/>`;
    const styles = `<office:automatic-styles>${counting("N1", "hours", "minutes")}<number:time-style style:name="N2"><number:hours/><number:minutes/></number:time-style><number:time-style style:name="N3"><number:minutes/><number:seconds/></number:time-style>${cellStyle("took", 'style:data-style-name="N1"')}${cellStyle("bold", 'style:parent-style-name="took"')}${cellStyle("at", 'style:data-style-name="N2"')}${cellStyle("lap", 'style:data-style-name="N3"')}${cellStyle("warm", 'style:parent-style-name="Minutes"')}</office:automatic-styles>`;
    const common = `<office:document-styles xmlns:office="o" xmlns:number="n" xmlns:style="s">${counting("N9", "minutes", "seconds")}${cellStyle("Minutes", 'style:data-style-name="N9"')}</office:document-styles>`;
    const columns = `<table:table-column table:default-cell-style-name="at"/><table:table-column table:number-columns-repeated="2" table:default-cell-style-name="took"/>`;
    const styledAs = (style: string, value: string) => typed("time", value, ` table:style-name="${style}"`);
    const bytes = document(
      sheet(
        columns,
        row(...["at", "took", "rest", "more", "lap", "warm"].map(text)),
        row(
          typed("time", "PT09H30M00S"),
          typed("time", "PT09H30M00S"),
          typed("time", "PT26H30M00S"),
          styledAs("bold", "PT00H30M00S"),
          styledAs("lap", "PT00H01M30S"),
          styledAs("warm", "PT01H30M00S"),
        ),
      ),
      { "styles.xml": common },
      styles,
    );
    const [table] = await readWorkbook(bytes);
    expect(rowsOf(table)).toEqual([["09:30:00", 9.5, 26.5, 0.5, 90, 90]]);
    expect(table!.units).toEqual([null, "h", "h", "h", "s", "min"]);
  });

  it("reads numbers that the style of their cell shows as dates", async () => {
    const format = (name: string, ...parts: string[]) =>
      `<number:date-style style:name="${name}">${parts.map((part) => `<number:${part}/>`).join("")}</number:date-style><style:style style:name="as${name}" style:data-style-name="${name}"/>`;
    const styles = `<office:automatic-styles>${format("D", "year", "month", "day")}${format("T", "day", "month", "hours", "minutes")}<number:number-style style:name="N"><number:number/></number:number-style><style:style style:name="asN" style:data-style-name="N"/></office:automatic-styles>`;
    const cells = ["D", "T", "N"].map((style) =>
      typed("float", "45356.25", ` table:style-name="as${style}"`),
    );
    const [table] = await readWorkbook(
      document(sheet(row(text("day"), text("at"), text("n")), row(...cells)), {}, styles),
    );
    expect(rowsOf(table)).toEqual([["2024-03-05T06:00:00", "2024-03-05T06:00:00", 45_356.25]]);
  });

  it("reads instants of which only the time is shown, and times of day that are shown with a date", async () => {
    const rows = (...cells: string[]) =>
      sheet(row(text("at"), text("n")), ...cells.map((cell) => row(cell, typed("float", "1"))));
    const values = async (body: string) => rowsOf((await readWorkbook(document(body)))[0]).map(([at]) => at);
    const times = [
      typed("time", "PT1088554H30M00S"),
      typed("date", "1899-12-30T10:30:00"),
      typed("date", "1899-12-30"),
    ];
    expect(await values(rows(...times))).toEqual(["2024-03-05T10:30:00", "10:30:00", "1899-12-30"]);
    const since1904 = rows(typed("time", "PT1053466H30M00S")).replace(
      "<table:table ",
      '<table:calculation-settings><table:null-date table:date-value="1904-01-01"/></table:calculation-settings><table:table ',
    );
    expect(await values(since1904)).toEqual(["2024-03-05T10:30:00"]);
  });

  it("takes errors for missing values where their writer types them as text", async () => {
    const failed = (value: string, more = ' table:formula="of:=[.A1]/0"') => typed("string", value, more);
    const [table] = await readWorkbook(
      document(
        sheet(
          row(text("n"), text("share")),
          row(typed("float", "1"), failed("#DIV/0!")),
          row(typed("float", "2"), failed("Err:502")),
          row(typed("float", "3"), failed("#N/A text")),
          row(typed("float", "4"), failed("#N/A", "")),
        ),
      ),
    );
    expect(rowsOf(table)).toEqual([
      [1, null],
      [2, null],
      [3, "#N/A text"],
      [4, "#N/A"],
    ]);
  });

  it("fills merged cells down", async () => {
    const merged = `<table:table-cell office:value-type="string" table:number-rows-spanned="2" table:number-columns-spanned="1"><text:p>A</text:p></table:table-cell>`;
    const rows = [
      row(text("site"), text("v")),
      row(merged, typed("float", "1")),
      row("<table:covered-table-cell/>", typed("float", "2")),
    ];
    const [table] = await readWorkbook(document(sheet(...rows)));
    expect(rowsOf(table)).toEqual([
      ["A", 1],
      ["A", 2],
    ]);
  });

  it("is refused where it repeats without end, is a text or has a password", async () => {
    const endless = `<table:table-row table:number-rows-repeated="1048576">${typed("float", "1", ' table:number-columns-repeated="16384"')}</table:table-row>`;
    expect(await refusal(document(sheet(endless)))).toBe("payload_too_large");
    expect(await refusal(document("<office:text/>"))).toBe("unrecognised_format");
    const manifest = `<m:manifest xmlns:m="m"><m:file-entry m:full-path="content.xml"><m:encryption-data/></m:file-entry></m:manifest>`;
    expect(await refusal(document("", { "META-INF/manifest.xml": manifest }))).toBe("unrecognised_format");
  });
});
