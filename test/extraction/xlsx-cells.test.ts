import { describe, expect, it } from "vitest";
import { readWorkbook } from "../../src/extraction/formats/xlsx";
import { KIND, readFormat } from "../../src/extraction/formats/xlsx/number-format";
import { isoOfSerial, timeOfSerial } from "../../src/extraction/formats/xlsx/serial";
import { type CellOf, rowsOf, shared, sheetOf, styled, workbook } from "./xlsx-support";

const dateOnly = { clock: false, fraction: false };
const clock = { clock: true, fraction: false };

describe("serial numbers", () => {
  it.each([
    [1, "1900-01-01"],
    [59, "1900-02-28"],
    [60, "1900-02-29"],
    [61, "1900-03-01"],
    [25_569, "1970-01-01"],
    [36_584.5, "2000-02-28T12:00:00"],
    [36_585, "2000-02-29"],
    [45_356, "2024-03-05"],
    [2_958_465, "9999-12-31"],
  ])("%d of 1900 is %s", (serial, text) => {
    expect(isoOfSerial(serial, 1900, dateOnly)).toBe(text);
  });

  it("agrees with the calendar over all days that the format knows", () => {
    for (let serial = 61; serial < 2_958_466; serial += 97) {
      const expected = new Date(Date.UTC(1899, 11, 30) + serial * 86_400_000).toISOString().slice(0, 10);
      expect(isoOfSerial(serial, 1900, dateOnly)).toBe(expected);
    }
  });

  it("counts from 1904 where the file says so", () => {
    expect(isoOfSerial(0, 1904, dateOnly)).toBe("1904-01-01");
    expect(isoOfSerial(43_894, 1904, dateOnly)).toBe("2024-03-05");
  });

  it("has no date for what is before or after the calendar", () => {
    for (const serial of [-1, 2_958_466, 1e300, Number.NaN])
      expect(isoOfSerial(serial, 1900, dateOnly)).toBeNull();
  });

  it.each([
    // 10:00 as floating point sums of hours and minutes give it.
    [45_356 + 10 / 24 - 1e-9, "2024-03-05T10:00:00"],
    [45_356 + 10 / 24 + 2e-9, "2024-03-05T10:00:00"],
    [42_488.479166666664, "2016-04-28T11:30:00"],
    // Written with five and eight digits after the point.
    [45_356.41667, "2024-03-05T10:00:00"],
    [45_356.41666, "2024-03-05T10:00:00"],
    [45_356.99999999, "2024-03-06T00:00:00"],
    // A logger's quarter of a second is no rounding.
    [45_356 + 36_000.25 / 86_400, "2024-03-05T10:00:00.250"],
  ])("reads %d to the second that was meant", (serial, text) => {
    expect(isoOfSerial(serial, 1900, clock)).toBe(text);
  });

  it("keeps milliseconds where the format shows parts of a second", () => {
    expect(isoOfSerial(45_356 + 36_000.001 / 86_400, 1900, { clock: true, fraction: true })).toBe(
      "2024-03-05T10:00:00.001",
    );
  });

  it("reads a time of day alone, and a date with it where days are counted", () => {
    expect(timeOfSerial(0.75, 1900, false)).toBe("18:00:00");
    expect(timeOfSerial(45_356.75, 1900, false)).toBe("2024-03-05T18:00:00");
  });
});

describe("number formats", () => {
  it.each([
    ["General", KIND.number],
    ["0.00E+00", KIND.number],
    ["#,##0.00\\ [$€-407]", KIND.number],
    ['0.0" days"', KIND.number],
    ["[Red]0;[Blue]-0", KIND.number],
    ["0%", KIND.number],
    ["@", KIND.number],
    ["yyyy\\-mm\\-dd", KIND.date],
    ["[$-409]mmmm\\ d\\,\\ yyyy;@", KIND.date],
    ["mmm-yy", KIND.date],
    ["m/d/yy h:mm", KIND.dateTime],
    ["dd.mm.yyyy hh:mm:ss.000", KIND.dateTime],
    ["h:mm AM/PM", KIND.timeOfDay],
    ["hh:mm:ss", KIND.timeOfDay],
    ["[h]:mm", KIND.hours],
    ["[hh]:mm:ss;@", KIND.hours],
    ["[mm]:ss", KIND.minutes],
    ["[s]", KIND.seconds],
    ["mm:ss.0", KIND.minutesSeconds],
  ])("%s", (code, kind) => {
    expect(readFormat(code).kind).toBe(kind);
  });
});

describe("cells of a sheet", () => {
  const column = async (cells: CellOf[], more = {}): Promise<unknown[]> => {
    const rows = [["key", "value"], ...cells.map((cell, i): CellOf[] => [i, cell])];
    const [table] = await readWorkbook(workbook({ sheets: [{ rows }], ...more }));
    return rowsOf(table).map(([, value]) => value);
  };

  it("reads numbers, booleans and texts as what they are", async () => {
    const cells = [1.5, -2e-7, { xml: "><v>1E3</v>" }, true, false, "012", "=SUM(A1)", "3,5"];
    expect(await column(cells)).toEqual([1.5, -2e-7, 1000, true, false, "012", "=SUM(A1)", "3,5"]);
  });

  it("takes errors for missing values and keeps their rows", async () => {
    expect(
      await column([1, { xml: ' t="e"><v>#N/A</v>' }, { xml: ' t="e"><f>1/0</f><v>#DIV/0!</v>' }, 4]),
    ).toEqual([1, null, null, 4]);
  });

  it("joins runs of rich text and leaves out guides to reading", async () => {
    const sharedStrings = [
      "<t>plain</t>",
      "<r><rPr><b/></rPr><t>bold </t></r><r><t>and not</t></r>",
      '<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh>',
      "<t>line_x000D_break &amp; &#x41;&#66;</t>",
    ];
    expect(await column([shared(0), shared(1), shared(2), shared(3)], { sharedStrings })).toEqual([
      "plain",
      "bold and not",
      "東京",
      "line\rbreak & AB",
    ]);
  });

  it("reads the values that formulas left, counts the formulas, and computes nothing", async () => {
    const rows: CellOf[][] = [
      ["a", "b"],
      [1, { xml: '><f t="shared" ref="B2:B4" si="0">A2*2</f><v>2</v>' }],
      [2, { xml: '><f t="shared" si="0"/><v>4</v>' }],
      [3, { xml: ' t="str"><f>IF(A4,"","")</f><v></v>' }],
      [4, { xml: "><f>[1]Sheet1!A1</f>" }],
    ];
    const [table] = await readWorkbook(sheetOf(rows));
    expect(rowsOf(table)).toEqual([
      [1, 2],
      [2, 4],
      [3, null],
      [4, null],
    ]);
    expect(table!.notes.join()).toMatch(/3 cell\(s\).*the values saved.*1 cell\(s\).*without a saved value/);
  });

  it("counts the errors that it reads as empty", async () => {
    const failed = { xml: ' t="e"><f>1/0</f><v>#DIV/0!</v>' };
    const [table] = await readWorkbook(
      sheetOf([
        ["a", "b"],
        [1, 2],
        [2, failed],
        [3, 4],
        [4, failed],
      ]),
    );
    expect(rowsOf(table).map(([, b]) => b)).toEqual([2, null, 4, null]);
    expect(table!.notes.join()).toContain('2 cell(s) of the sheet "Sheet1" hold errors');
  });

  it("gives dates, times of day and durations by their formats", async () => {
    const formats = ["yyyy-mm-dd", "d/m/yy h:mm", "h:mm", "[h]:mm", "0.0%"];
    const rows: CellOf[][] = [
      ["day", "at", "from", "took", "share"],
      [styled(45_356, 1), styled(45_356, 2), styled(0.5, 3), styled(1.5, 4), styled(0.25, 5)],
      [styled(45_357, 1), styled(45_357.25, 2), styled(0.25, 3), styled(26.5 / 24, 4), styled(0.5, 5)],
    ];
    const [table] = await readWorkbook(workbook({ sheets: [{ rows }], formats }));
    expect(rowsOf(table)).toEqual([
      ["2024-03-05", "2024-03-05T00:00:00", "12:00:00", 36, 0.25],
      ["2024-03-06", "2024-03-06T06:00:00", "06:00:00", 26.5, 0.5],
    ]);
    expect(table!.units).toEqual([null, null, null, "h", null]);
  });

  it("takes what stands under mm:ss for a lap, and for an instant where it counts the days of years", async () => {
    const formats = ["mm:ss.0", "[mm]:ss"];
    const rows: CellOf[][] = [
      ["at", "lap", "took"],
      [styled(45_356.437_501_423_61, 1), styled(0.001_041_666_666_666_67, 1), styled(0.0625, 2)],
      [styled(45_356.437_512_997_69, 1), styled(0.001_053_240_740_740_74, 1), styled(1.5, 2)],
    ];
    const [table] = await readWorkbook(workbook({ sheets: [{ rows }], formats }));
    expect(rowsOf(table)).toEqual([
      ["2024-03-05T10:30:00.123", 90, 90],
      ["2024-03-05T10:30:01.123", 91, 2_160],
    ]);
    expect(table!.units).toEqual([null, "s", "min"]);
  });

  it("keeps texts of any length and characters as they are", async () => {
    const texts = [
      "a remark of some length",
      "größer als 100 €",
      '"\\ \u2028 \ud83d\ude00 of more',
      "short",
      "x".repeat(40_000),
    ];
    const half = "_xD83D_ is half a character";
    const sharedStrings = [...texts, half].map((text) => `<t>${text}</t>`);
    const found = await column(
      sharedStrings.map((_, i) => shared(i)),
      { sharedStrings },
    );
    expect(found).toEqual([...texts, "\ud83d is half a character"]);
  });

  it("reads dates of the system of 1904 and those that are written as text", async () => {
    const cells: CellOf[] = [styled(43_894, 1), { xml: ' t="d"><v>2024-03-06T10:00:00</v>' }];
    expect(await column(cells, { formats: ["yyyy-mm-dd"], date1904: true })).toEqual([
      "2024-03-05",
      "2024-03-06T10:00:00",
    ]);
  });

  it("finds the place of cells and rows that do not name theirs", async () => {
    const cell = (value: number | string) =>
      typeof value === "number" ? `<c><v>${value}</v></c>` : `<c t="inlineStr"><is><t>${value}</t></is></c>`;
    const row = (...cells: (number | string)[]) => `<row>${cells.map(cell).join("")}</row>`;
    const xml = `<sheetData>${row("a", "b")}${row(1, 2)}<row r="5"><c r="B5"><v>4</v></c><c r="A5"><v>3</v></c></row></sheetData>`;
    const [table] = await readWorkbook(workbook({ sheets: [{ xml }] }));
    expect(rowsOf(table)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(Array.from(table!.rows, ({ row: number }) => number)).toEqual([2, 5]);
  });

  it("puts rows in order that a writer left out of it", async () => {
    const xml = `<sheetData>${[3, 1, 2].map((r) => `<row r="${r}"><c r="A${r}"><v>${r * 10}</v></c><c r="B${r}"><v>${r}</v></c></row>`).join("")}</sheetData>`;
    const [table] = await readWorkbook(workbook({ sheets: [{ xml }] }));
    expect(rowsOf(table)).toEqual([
      [10, 1],
      [20, 2],
      [30, 3],
    ]);
  });

  it("reads prefixed names, CDATA and UTF-16", async () => {
    const text = `<?xml version="1.0" encoding="UTF-16"?><x:worksheet xmlns:x="m"><x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:v><![CDATA[a<b]]></x:v></x:c><x:c r="B1" t="str"><x:v>größe</x:v></x:c></x:row><x:row r="2"><x:c r="A2"><x:v>1</x:v></x:c><x:c r="B2"><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>`;
    const utf16 = new Uint8Array(2 + text.length * 2);
    const view = new DataView(utf16.buffer);
    view.setUint16(0, 0xfeff, true);
    for (let i = 0; i < text.length; i++) view.setUint16(2 + i * 2, text.charCodeAt(i), true);
    const [table] = await readWorkbook(
      workbook({ sheets: [{}], parts: { "xl/worksheets/sheet1.xml": utf16 } }),
    );
    expect(table!.columns).toEqual(["a<b", "größe"]);
    expect(rowsOf(table)).toEqual([[1, 2]]);
  });
});
