import { describe, expect, it } from "vitest";
import { utils, write } from "xlsx";
import { binaryFormat } from "../../src/extraction/detect/binary";
import { readWorkbook } from "../../src/extraction/formats/xlsx";
import { readTables } from "../../src/extraction/read";
import { seededRandom } from "../support/series";
import { refusal, rowsOf } from "./xlsx-support";

const bytes = (text: string) => new TextEncoder().encode(text);
const SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet";

const excel = (sheets: string, styles = "", declaration = `<?xml version="1.0"?>`) =>
  `${declaration}\n<?mso-application progid="Excel.Sheet"?>\n<Workbook xmlns="${SPREADSHEET}" xmlns:ss="${SPREADSHEET}"><Styles>${styles}</Styles>${sheets}</Workbook>`;
const sheet = (rows: string, more = "", name = "Readings") =>
  `<Worksheet ss:Name="${name}"><Table>${rows}</Table>${more}</Worksheet>`;
const cell = (type: string, value: string | number, more = "") =>
  `<Cell${more}><Data ss:Type="${type}">${value}</Data></Cell>`;
const style = (id: string, format: string, parent = "") =>
  `<Style ss:ID="${id}"${parent}><NumberFormat ss:Format="${format}"/></Style>`;
const names = (...all: string[]) => `<Row>${all.map((name) => cell("String", name)).join("")}</Row>`;

const flat = (body: string, styles = "") =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<office:document xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:draw="d" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">${styles}<office:body><office:spreadsheet>${body}</office:spreadsheet></office:body></office:document>`;

describe("XML of Excel 2003", () => {
  it("is told by what it is, in bytes and as text", async () => {
    const text = excel(sheet(`${names("a", "b")}<Row>${cell("Number", 1)}${cell("Number", 2)}</Row>`));
    expect(binaryFormat(bytes(text))).toBe("spreadsheetml");
    const { tables } = await readTables({ body: text });
    expect(tables.map(({ format, table }) => [format, table.name, rowsOf(table)])).toEqual([
      ["spreadsheetml", "Readings", [[1, 2]]],
    ]);
  });

  it("types its cells by their styles, also by those of rows and columns", async () => {
    const styles =
      style("Default", "General Number") +
      style("day", "Short Date") +
      style("instant", "yyyy\\-mm\\-dd\\ hh:mm") +
      style("lap", "[h]:mm:ss") +
      `<Style ss:ID="bold" ss:Parent="day"/>`;
    const instant = `2024-03-01T10:30:00.000`;
    const row = (index: number) =>
      `<Row>${cell("DateTime", instant, ' ss:StyleID="instant"')}${cell("Number", 45352 + index)}${cell("DateTime", "1900-01-01T12:00:00.000", ' ss:StyleID="lap"')}${cell("DateTime", "1899-12-31T06:15:00.000", ' ss:StyleID="clock"')}${cell("Boolean", index)}${cell("Number", "1.5")}</Row>`;
    const columns = `<Column/><Column ss:StyleID="bold"/><Column ss:Index="6" ss:Span="2"/>`;
    const text = excel(
      sheet(columns + names("at", "day", "run", "clock", "on", "depth") + row(0) + row(1)),
      styles + style("clock", "Short Time"),
    );
    const [table] = await readWorkbook(bytes(text));
    expect(rowsOf(table)).toEqual([
      ["2024-03-01T10:30:00", "2024-03-01", 36, "06:15:00", false, 1.5],
      ["2024-03-01T10:30:00", "2024-03-02", 36, "06:15:00", true, 1.5],
    ]);
    expect(table!.units[2]).toBe("h");
  });

  it("keeps cells in their places, and what is no value out of them", async () => {
    const comment = `<Comment><ss:Data>a remark</ss:Data></Comment>`;
    const rich = `<ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>mill</B> &amp; weir</ss:Data>`;
    const text = excel(
      sheet(
        `<Row ss:Index="3">${cell("String", "site", ' ss:MergeDown="1"')}${cell("String", "depth", ' ss:MergeAcross="1"')}</Row>
        <Row>${cell("String", "low", ' ss:Index="2"')}${cell("String", "high")}</Row>
        <Row><Cell>${rich}${comment}</Cell>${cell("Number", 1, ' ss:Formula="=1+0"')}${cell("Number", 2)}</Row>
        <Row>${cell("String", "lock")}${cell("Error", "#N/A")}${cell("Number", 4)}</Row>`,
        `<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions>`,
      ),
    );
    const [table] = await readWorkbook(bytes(text));
    expect(table!.columns).toEqual(["site", "depth low", "depth high"]);
    expect(rowsOf(table)).toEqual([
      ["mill & weir", 1, 2],
      ["lock", null, 4],
    ]);
    expect(table!.place!.range).toBe("A3:C6");
    expect(table!.notes.join(" ")).toMatch(/hidden.*1 cell\(s\).*formulas/);
  });

  it("is in the encoding that it names", async () => {
    const text = excel(
      sheet(`${names("day", "°C")}<Row>${cell("String", "2024-01-01")}${cell("Number", 7)}</Row>`),
      "",
      `<?xml version="1.0" encoding="iso-8859-1"?>`,
    );
    const body = Uint8Array.from(text, (one) => one.charCodeAt(0));
    expect((await readWorkbook(body))[0]!.columns).toEqual(["day", "°C"]);
  });

  it.each([
    ["a row past the last", `<Row ss:Index="1048577"/>`],
    ["a cell past the last column", `<Row>${cell("Number", 1, ' ss:Index="16385"')}</Row>`],
    ["a place that is no number", `<Row ss:Index="x"/>`],
    ["rows behind the last", `<Row ss:Span="4000000000"/><Row/>`],
    ["tags that do not close", `<Row><Cell>`],
  ])("is refused with %s", async (_, rows) => {
    expect(await refusal(bytes(excel(sheet(rows))))).toBe("malformed_data");
  });
});

describe("OpenDocument without its package", () => {
  const row = (...cells: string[]) => `<table:table-row>${cells.join("")}</table:table-row>`;
  const text = (value: string) =>
    `<table:table-cell office:value-type="string"><text:p>${value}</text:p></table:table-cell>`;
  const number = (value: number) =>
    `<table:table-cell office:value-type="float" office:value="${value}"><text:p>${value}</text:p></table:table-cell>`;

  it("is read as its package is, without the tables of its charts", async () => {
    const chart = `<draw:frame><draw:object><office:document><table:table table:name="local-table">${row(text("x"), number(99))}</table:table></office:document></draw:object></draw:frame>`;
    const body = bytes(
      flat(
        `<table:table table:name="Gauge"><table:shapes>${chart}</table:shapes>${row(text("day"), text("depth"))}${row(text("2024-01-01"), `<table:table-cell office:value-type="float" office:value="7"><text:p>7</text:p>${chart}</table:table-cell>`)}${row(text("2024-01-02"), number(8))}</table:table>`,
      ),
    );
    expect(binaryFormat(body)).toBe("ods");
    const tables = await readWorkbook(body);
    expect(tables.map((table) => [table.name, rowsOf(table)])).toEqual([
      [
        "Gauge",
        [
          ["2024-01-01", 7],
          ["2024-01-02", 8],
        ],
      ],
    ]);
  });

  it("is refused where it repeats without end", async () => {
    const wide = number(1).replace(
      "<table:table-cell",
      `<table:table-cell table:number-columns-repeated="16000"`,
    );
    const rows = row(wide).replace(
      "<table:table-row",
      `<table:table-row table:number-rows-repeated="1000000"`,
    );
    expect(await refusal(bytes(flat(`<table:table>${rows}</table:table>`)))).toBe("payload_too_large");
  });
});

describe("workbooks of one text that another program writes", () => {
  const rows = [
    ["day", "site", "depth"],
    [new Date(Date.UTC(2024, 2, 1)), "mill", 1.5],
    [new Date(Date.UTC(2024, 2, 2)), "weir", 2],
  ];
  const written = (bookType: "xlml" | "fods") => {
    const book = utils.book_new();
    utils.book_append_sheet(book, utils.aoa_to_sheet(rows, { cellDates: true, UTC: true }), "Data");
    return new Uint8Array(write(book, { type: "array", bookType }));
  };

  it.each(["xlml", "fods"] as const)("hold the same rows: %s", async (bookType) => {
    const [table] = await readWorkbook(written(bookType));
    expect(rowsOf(table).map(([day, ...rest]) => [String(day).slice(0, 10), ...rest])).toEqual([
      ["2024-03-01", "mill", 1.5],
      ["2024-03-02", "weir", 2],
    ]);
  });

  it("give tables or a typed failure for any change of their bytes", async () => {
    const random = seededRandom(3);
    const codes = ["", "unrecognised_format", "malformed_data", "no_valid_rows", "payload_too_large"];
    for (const original of [written("xlml"), written("fods")])
      for (let round = 0; round < 100; round++) {
        const changed = original.slice();
        for (let i = 0; i <= round % 8; i++)
          changed[Math.floor(random() * changed.length)] = Math.floor(random() * 256);
        expect(codes).toContain(await refusal(changed));
      }
  });
});
