import { describe, expect, it } from "vitest";
import { binaryFormat } from "../../src/extraction/detect/binary";
import { nothingSkipped } from "../../src/extraction/formats/source-table";
import { readWorkbook } from "../../src/extraction/formats/xlsx";
import { type CellOf, rowsCounted, rowsOf, sheetOf, styled, workbook } from "./xlsx-support";

const read = (rows: CellOf[][], merges: string[] = []) => readWorkbook(sheetOf(rows, merges));

describe("one table on a sheet", () => {
  it("is found below a title and beside nothing, wherever it stands", async () => {
    const rows: CellOf[][] = [
      [],
      [null, null, null],
      [null, null, "Levels of 2024"],
      [],
      [null, null, "day", "level"],
      [null, null, "2024-01-01", 1.5],
      [null, null, "2024-01-02", 2.5],
    ];
    const [table, ...others] = await read(rows);
    expect(others).toEqual([]);
    expect(table).toMatchObject({
      columns: ["day", "level"],
      headerless: false,
      place: { sheet: "Sheet1", range: "C5:D7", header_rows: 1 },
      skipped: { ...nothingSkipped(), preamble: 1, blank: 1 },
    });
    expect(rowsOf(table)).toEqual([
      ["2024-01-01", 1.5],
      ["2024-01-02", 2.5],
    ]);
  });

  it("leaves out and counts what CSV leaves out and counts", async () => {
    const rows: CellOf[][] = [
      ["Monthly report"],
      ["printed 2021-05-01"],
      [],
      ["Region", "Date", "Amount"],
      ["", "", "USD"],
      ["North", "2021-01-01", 10],
      ["South", "2021-01-02", 20],
      [],
      ["Region", "Date", "Amount"],
      ["North", "2021-01-03", 30],
      ["Total", null, 60],
      ["Source: our books"],
    ];
    const [table, ...others] = await read(rows);
    expect(others).toEqual([]);
    expect(table!.skipped).toEqual({
      ...nothingSkipped(),
      blank: 2,
      preamble: 2,
      repeated_headers: 1,
      units_rows: 1,
      totals: 1,
      footnotes: 1,
      continued: 0,
      without_records: 0,
    });
    expect(table!.units).toEqual([null, null, "USD"]);
    expect(Array.from(table!.rows, ({ row }) => row)).toEqual([6, 7, 10]);
    expect(rowsCounted(table!)).toBe(rows.length);
  });

  it("has numbered columns where no row holds names", async () => {
    const [table] = await read([
      [45_000.5, 1, "a"],
      [45_001.5, 2, "b"],
      [45_002.5, 3, "a"],
    ]);
    expect(table).toMatchObject({ columns: ["col1", "col2", "col3"], headerless: true, rowCount: 3 });
  });

  it("takes years and dates over numbers for names", async () => {
    const [years] = await read([
      ["Country", 2021, 2022],
      ["A", 1.5, 2.5],
      ["B", 3.5, 4.5],
    ]);
    expect(years!.columns).toEqual(["Country", "2021", "2022"]);
    const months: CellOf[][] = [
      ["Product", styled(45_292, 1), styled(45_323, 1)],
      ["A", 1, 2],
      ["B", 3, 4],
    ];
    const [dated] = await readWorkbook(workbook({ sheets: [{ rows: months }], formats: ["mmm yy"] }));
    expect(dated!.columns).toEqual(["Product", "2024-01-01", "2024-02-01"]);
  });

  it("is one table though its columns or its blocks of rows are set apart", async () => {
    const apart = await read([
      ["day", null, "a", null, "b"],
      ["2024-01-01", null, 1, null, 2],
      ["2024-01-02", null, 3, null, 4],
      ["2024-01-03", null, 5, null, 6],
    ]);
    expect(apart.map(({ columns }) => columns)).toEqual([["day", "a", "b"]]);
    const blocks = await read([
      ["day", "a"],
      ["2024-01-01", 1],
      ["2024-01-02", 2],
      [],
      ["2024-01-03", 3],
      [],
      ["2024-01-04", 4],
      ["2024-01-05", 5],
    ]);
    expect(blocks.map(({ rowCount }) => rowCount)).toEqual([5]);
    expect(blocks[0]!.skipped.blank).toBe(2);
  });

  it("does not grow by a declared size or by cells that are only formatted", async () => {
    const styledOnly = Array.from(
      { length: 500 },
      (_, i) => `<row r="${i + 10}"><c r="H${i + 10}" s="0"/></row>`,
    );
    const xml = `<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row><row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>${styledOnly.join("")}<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>`;
    const [table] = await readWorkbook(workbook({ sheets: [{ xml }] }));
    expect(table).toMatchObject({ rowCount: 1, columns: ["a", "b"], place: { range: "A1:B2" } });
    expect(table!.skipped.blank).toBe(0);
  });

  it("gives its rows again as often as they are asked for", async () => {
    const [table] = await read(
      [
        ["a", "b"],
        ["x", 1],
        [null, 2],
        ["y", 3],
      ],
      ["A2:A3"],
    );
    expect(rowsOf(table)).toEqual(rowsOf(table));
    const [first] = table!.rows;
    expect(first).toEqual({ row: 2, cells: ["x", 1] });
    expect(rowsOf(table)[1]).toEqual(["x", 2]);
  });
});

describe("names over several rows", () => {
  const data: CellOf[][] = [
    ["North", 1, 2, 3, 4],
    ["South", 5, 6, 7, 8],
    ["East", 9, 10, 11, 12],
  ];

  it("are joined by merged cells", async () => {
    const rows: CellOf[][] = [["Region", 2023, null, 2024], [null, "Q1", "Q2", "Q1", "Q2"], ...data];
    const [table] = await read(rows, ["A1:A2", "B1:C1", "D1:E1"]);
    expect(table).toMatchObject({
      columns: ["Region", "2023 Q1", "2023 Q2", "2024 Q1", "2024 Q2"],
      place: { header_rows: 2 },
      rowCount: 3,
    });
    expect(rowsCounted(table!)).toBe(rows.length);
  });

  it("are joined without merged cells where names come back under each group", async () => {
    const [table] = await read([
      ["Region", "in", null, "out"],
      [null, "kg", "count", "kg", "count"],
      ...data,
    ]);
    expect(table!.columns).toEqual(["Region", "in kg", "in count", "out kg", "out count"]);
  });

  it("may be three rows, with a row of units below and a title above", async () => {
    const rows: CellOf[][] = [
      ["Weather of two years"],
      ["Time", "2023", null, "2024"],
      [null, "inside", "outside", "inside", "outside"],
      [null, "mean", "mean", "mean", "mean"],
      [null, "°C", "°C", "°C", "°C"],
      ...data.map(([, ...values], i) => [`2024-01-0${i + 1}`, ...values]),
    ];
    const [table] = await read(rows, ["A1:E1", "A2:A4", "B2:C2", "D2:E2"]);
    expect(table!.columns.slice(0, 3)).toEqual(["Time", "2023 inside mean", "2023 outside mean"]);
    expect(table!.units).toEqual([null, "°C", "°C", "°C", "°C"]);
    expect(table!.skipped).toMatchObject({ preamble: 1, units_rows: 1 });
    expect(rowsCounted(table!)).toBe(rows.length);
  });

  it("are not made of a title that is merged over the whole table", async () => {
    const [table] = await read([["Everything we sold"], ["Region", "a", "b", "c", "d"], ...data], ["A1:E1"]);
    expect(table!.columns).toEqual(["Region", "a", "b", "c", "d"]);
    expect(table!.skipped.preamble).toBe(1);
  });
});

describe("merged cells among the rows", () => {
  it("hold for all the rows they cover", async () => {
    const rows: CellOf[][] = [
      ["Year", "City", "v"],
      [2023, "A", 1],
      [null, null, 2],
      [null, "B", 3],
      [2024, "A", 4],
      [null, "A", 5],
    ];
    const [table] = await read(rows, ["A2:A4", "B2:B3", "A5:A6"]);
    expect(rowsOf(table)).toEqual([
      [2023, "A", 1],
      [2023, "A", 2],
      [2023, "B", 3],
      [2024, "A", 4],
      [2024, "A", 5],
    ]);
  });

  it("do not count a quantity more than once", async () => {
    const rows: CellOf[][] = [
      ["City", "v", "sum"],
      ["A", 1, 3],
      ["B", 2, null],
      ["C", 4, 4],
    ];
    const [table] = await read(rows, ["C2:C3"]);
    expect(rowsOf(table).map(([, , sum]) => sum)).toEqual([3, null, 4]);
  });
});

describe("several tables on a sheet", () => {
  const table = (name: string, rows: number): CellOf[][] => [
    [`${name} key`, `${name} value`],
    ...Array.from({ length: rows }, (_, i): CellOf[] => [`k${i}`, i + 0.5]),
  ];
  const beside = (left: CellOf[][], right: CellOf[][]): CellOf[][] =>
    Array.from({ length: Math.max(left.length, right.length) }, (_, i) => [
      ...(left[i] ?? [null, null]),
      null,
      ...(right[i] ?? [null, null]),
    ]);

  it.each([
    [3, 3],
    [5, 2],
    [2, 6],
  ])("are found side by side, %d and %d rows long", async (left, right) => {
    const found = await read(beside(table("l", left), table("r", right)));
    expect(found.map(({ columns, rowCount }) => [columns, rowCount])).toEqual([
      [["l key", "l value"], left],
      [["r key", "r value"], right],
    ]);
  });

  it("are found one below the other, with their titles", async () => {
    const found = await read([["First"], ...table("a", 3), [], ["Second"], ...table("b", 2), ["Total", 2]]);
    expect(found.map(({ name, columns, rowCount }) => [name, columns, rowCount])).toEqual([
      ["Sheet1 1: First", ["a key", "a value"], 3],
      ["Sheet1 2: Second", ["b key", "b value"], 2],
    ]);
    expect(found[1]!.skipped).toMatchObject({ totals: 1, preamble: 1 });
  });

  it("are found in a grid, each with its own place", async () => {
    const rows = [...beside(table("a", 3), table("b", 4)), [], ...beside(table("c", 3), table("d", 3))];
    const found = await read(rows);
    expect(found.map(({ columns }) => columns[0]).sort()).toEqual(["a key", "b key", "c key", "d key"]);
    expect(new Set(found.map(({ place }) => place!.range)).size).toBe(4);
  });

  it("take labels above them for no table", async () => {
    const found = await read([["Customer:", "ACME"], ["Report date:", "2024-01-01"], [], ...table("a", 3)]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ columns: ["a key", "a value"], skipped: { preamble: 2, blank: 1 } });
  });

  const ages = (title: string, gap: boolean): CellOf[][] => [
    [title],
    ...(gap ? [[]] : []),
    ["Age", "North", "South"],
    ["16-24", 12, 13],
    ["25-49", 22, 33],
    ["50 and over", 34, 46],
    [],
  ];

  it.each([true, false])(
    "are apart where the same names come back under another title, a gap below it: %s",
    async (gap) => {
      const found = await read([...ages("Table 1a: Men", gap), ...ages("Table 1b: Women", gap)]);
      expect(found.map(({ name }) => name)).toEqual(["Sheet1 1: Table 1a: Men", "Sheet1 2: Table 1b: Women"]);
      expect(found.map(({ rowCount }) => rowCount)).toEqual([3, 3]);
    },
  );

  it.each([
    ["List of members, page 1 of 2", "List of members, page 2 of 2"],
    ["List of members", "List of members (continued)"],
  ])("are one where the title comes back as well: %s", async (first, second) => {
    const found = await read([...ages(first, false), ...ages(second, false)]);
    expect(found.map(({ skipped }) => skipped.repeated_headers)).toEqual([1]);
  });
});

describe("sheets", () => {
  const rows: CellOf[][] = [
    ["a", "b"],
    [1, 2],
  ];

  it("are all looked through, hidden ones last and said to be so; charts and empty ones are none", async () => {
    const tables = await readWorkbook(
      workbook({
        sheets: [
          { name: "Hidden", rows, state: "veryHidden" },
          { name: "Chart", kind: "chartsheet", xml: "<drawing/>" },
          { name: "Empty" },
          { name: "__proto__", rows },
        ],
      }),
    );
    expect(tables.map(({ name }) => name)).toEqual(["__proto__", "Hidden"]);
    expect(tables[1]!.notes.join()).toContain("hidden");
  });

  it("are found by the relations of the package, not by their names in it", async () => {
    const bytes = workbook({
      sheets: [{ rows }],
      parts: {
        "_rels/.rels": `<Relationships><Relationship Id="a" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/XL/Workbook.xml"/></Relationships>`,
        "xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet" Target="../data/one.xml"/></Relationships>`,
        "data\\one.xml": `<worksheet><sheetData><row><c t="str"><v>level</v></c></row><row><c><v>7</v></c></row></sheetData></worksheet>`,
      },
    });
    const [table] = await readWorkbook(bytes);
    expect(table!.columns).toEqual(["level"]);
    expect(binaryFormat(bytes)).not.toBeNull();
  });
});

describe("a corrected plan", () => {
  const rows: CellOf[][] = [
    ["junk", "more", "names"],
    ["a", "b", "c"],
    ["x", 1, 2],
    ["y", 3, 4],
  ];

  it("names sheet, range and rows of names", async () => {
    const asked = [{ place: { sheet: "Sheet1", range: "B2:C4", header_rows: 1 } }];
    const [table] = await readWorkbook(sheetOf(rows), asked);
    expect(table!.columns).toEqual(["b", "c"]);
    expect(rowsOf(table)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    const [none] = await readWorkbook(sheetOf(rows), [
      { place: { sheet: "Sheet1", range: "A3:C4", header_rows: 0 } },
    ]);
    expect(none).toMatchObject({ headerless: true, rowCount: 2 });
  });

  it("finds the same table again at the place that was told", async () => {
    const [found] = await readWorkbook(sheetOf([["Title"], [], ...rows.slice(1)]));
    const [again] = await readWorkbook(sheetOf([["Title"], [], ...rows.slice(1)]), [{ place: found!.place }]);
    expect(again!.columns).toEqual(found!.columns);
    expect(rowsOf(again)).toEqual(rowsOf(found));
  });

  it.each([
    [{ sheet: "Other" }],
    [{ sheet: "Sheet1", range: "A1:B2:C3" }],
    [{ sheet: "Sheet1", range: "nonsense" }],
  ])("is refused where nothing can stand there: %o", async (place) => {
    await expect(readWorkbook(sheetOf(rows), [{ place }])).rejects.toThrow("malformed_data");
  });
});

describe("charts", () => {
  const rows: CellOf[][] = [
    ["day", "sold", "returned", "price"],
    ["2024-01-01", 1, 2, 3],
    ["2024-01-02", 2, 3, 4],
  ];
  const series = (values: string, categories: string) =>
    `<c:ser><c:tx><c:strRef><c:f>Sheet1!$D$1</c:f></c:strRef></c:tx><c:cat><c:strRef><c:f>${categories}</c:f></c:strRef></c:cat><c:val><c:numRef><c:f>${values}</c:f></c:numRef></c:val></c:ser>`;
  const title = (text: string) =>
    `<c:title><c:tx><c:rich><a:p><a:r><a:t>${text}</a:t></a:r></a:p></c:rich></c:tx></c:title>`;
  const chart = (content: string) =>
    `<c:chartSpace xmlns:c="c" xmlns:a="a"><c:chart>${title("Sold &amp; returned")}<c:plotArea><c:lineChart>${content}</c:lineChart><c:valAx>${title("pieces")}</c:valAx></c:plotArea></c:chart></c:chartSpace>`;

  it("tell which columns are drawn together, and their title", async () => {
    const both =
      series("Sheet1!$B$2:$B$3", "Sheet1!$A$2:$A$3") + series("'Sheet1'!$C$2:$C$3", "Sheet1!$A$2:$A$3");
    const [table] = await readWorkbook(workbook({ sheets: [{ rows }], charts: [chart(both)] }));
    expect(table!.related).toEqual([["day", "sold", "returned"]]);
    expect(table!.notes.join()).toContain('"Sold & returned" draws "day", "sold", "returned"');
  });

  it("of other sheets, other files or whole rows tell nothing", async () => {
    const content = series("Other!$B$2:$B$3", "[1]Sheet1!$A$2:$A$3") + series("Sheet1!$B$2:$D$2", "#REF!");
    const [table] = await readWorkbook(workbook({ sheets: [{ rows }], charts: [chart(content)] }));
    expect(table!.related).toBeUndefined();
  });
});
