import { describe, expect, it } from "vitest";
import { readPdf } from "../../src/extraction/formats/pdf";
import { type ColumnSpec, makePdf, type PdfText, setRows } from "../support/pdf";

const rowsOf = (table: { rows: Iterable<{ cells: unknown[] }> } | undefined) =>
  [...(table?.rows ?? [])].map(({ cells }) => cells);
const read = (texts: PdfText[], page = {}) => readPdf(makePdf([{ texts, ...page }]));

/** A label and numbers that end at 260, 340, 420, … */
const statistics = (numbers: number): ColumnSpec[] => [
  { x: 60 },
  ...Array.from({ length: numbers }, (_, i) => ({ x: 260 + 80 * i, align: "right" as const })),
];

const REGIONS = [
  ["Northern coast", "1,204", "998", "206"],
  ["Lake district", "310", "402", "-92"],
  ["Upper valley", "87", "91", "-4"],
];

const SENTENCES = [
  "The number of births fell again in the year under review, and it is",
  "now lower than at any time since 1950. In the north the fall was 3.2 per",
  "cent, in the south 4.1, and the islands lost 12 of their 310 children. It",
  "remains to be seen whether the measures of 2009 will have an effect, for",
  "most of them were taken late and reached only 40 of 118 municipalities.",
];

describe("tables of a page", () => {
  it("are read from places alone, with the caption as the name", async () => {
    const head = ["Region", "Births", "Deaths", "Balance"];
    const title = { x: 60, y: 80, text: "Table 3: Births and deaths by region" };
    const [table] = await read([title, ...setRows([head, ...REGIONS], statistics(3), 110)]);
    expect(table!.columns).toEqual(head);
    expect(rowsOf(table)).toEqual(REGIONS);
    expect(table!.name).toBe("Table 3: Births and deaths by region");
    expect(table!.place).toEqual({ pages: [1], table: 1, header_rows: 1 });
    expect([...table!.rows]).toEqual([...table!.rows]);
  });

  it("take years as names of columns, and as labels of rows", async () => {
    const wide = [
      ["", "2007", "2008", "2009"],
      ["Coal", "12.1", "11.0", "10.4"],
      ["Gas", "20.3", "22.8", "25.0"],
    ];
    const long = [
      ["Year", "Coal", "Gas"],
      ["2007", "12.1", "20.3"],
      ["2008", "11.0", "22.8"],
      ["2009", "10.4", "25.0"],
    ];
    const tables = await read([...setRows(wide, statistics(3), 100), ...setRows(long, statistics(2), 300)]);
    const [first, second] = tables;
    expect(first!.columns).toEqual(["Year", "Coal", "Gas"]);
    expect(rowsOf(first)).toEqual(long.slice(1));
    expect(second!.columns).toEqual(["label", "2007", "2008", "2009"]);
    expect(rowsOf(second)).toEqual(wide.slice(1));
  });

  it("join the lines of a name, and names over several columns with the names below", async () => {
    const texts = [
      { x: 300, y: 100, text: "2008", align: "center" as const },
      { x: 460, y: 100, text: "2009", align: "center" as const },
      ...["Uninsured", "Uninsured"].map((text, i) => ({
        x: 340 + 160 * i,
        y: 118,
        text,
        align: "right" as const,
      })),
      ...setRows([["State", "Total", "number", "Total", "number"]], statistics(4), 130),
      ...setRows(
        [
          ["Alba", "5,120", "812", "5,200", "790"],
          ["Brenta", "3,011", "402", "3,040", "399"],
          ["Corvo", "912", "98", "930", "97"],
        ],
        statistics(4),
        150,
      ),
    ];
    const [table] = await read(texts);
    expect(table!.columns).toEqual([
      "State",
      "2008 / Total",
      "2008 / Uninsured number",
      "2009 / Total",
      "2009 / Uninsured number",
    ]);
  });

  it("join names over three levels, beside a name that stands in the middle of them", async () => {
    const columns: ColumnSpec[] = [
      { x: 60 },
      ...[200, 270, 340, 410, 480].map((x) => ({ x, align: "right" as const })),
    ];
    const at = (x: number, y: number, text: string) => ({ x, y, text, align: "center" as const });
    const [table] = await read([
      at(290, 100, "Students"),
      at(220, 114, "Bachelor"),
      at(360, 114, "Master"),
      at(470, 114, "Staff"),
      ...setRows([["Region", "Men", "Women", "Men", "Women", ""]], columns, 128),
      ...setRows(
        [
          ["North", "63.6", "74.7", "93.6", "74.6", "1.6"],
          ["West", "48.8", "93.7", "89.7", "15.6", "5.7"],
          ["South", "68.7", "24.2", "69.9", "95.9", "6.7"],
        ],
        columns,
        146,
      ),
    ]);
    expect(table!.columns).toEqual([
      "Region",
      "Students / Bachelor / Men",
      "Students / Bachelor / Women",
      "Students / Master / Men",
      "Students / Master / Women",
      "Staff",
    ]);
  });

  it("use a rule below a name to tell how far it reaches", async () => {
    const head = setRows([["Port", "In", "Out", "Staff"]], statistics(3), 130);
    const rows = setRows(
      [
        ["Alba", "120", "118", "14"],
        ["Brenta", "88", "90", "9"],
        ["Corvo", "45", "41", "5"],
      ],
      statistics(3),
      150,
    );
    const texts = [{ x: 300, y: 114, text: "Ships", align: "center" as const }, ...head, ...rows];
    const [table] = await read(texts, { lines: [{ x0: 225, y0: 118, x1: 342, y1: 118 }] });
    expect(table!.columns).toEqual(["Port", "Ships / In", "Ships / Out", "Staff"]);
  });

  it("give names in the middle of two lines of names, and single years, to their columns", async () => {
    const columns = statistics(3);
    const rows = [
      ["Malta", "0.1", "0.4", "10"],
      ["Norway", "60.1", "61.2", "67"],
      ["Spain", "8.3", "13.8", "20"],
    ];
    const [table] = await read([
      { x: 420, y: 100, text: "Target", align: "right" },
      ...setRows([["", "2004", "2010", ""]], columns, 106),
      { x: 420, y: 112, text: "2020", align: "right" },
      ...setRows(rows, columns, 130),
    ]);
    expect(table!.columns).toEqual(["label", "2004", "2010", "Target 2020"]);
    expect(rowsOf(table)).toEqual(rows);
    const pairs = [
      ["Country", "2009"],
      ["France", "12.1"],
      ["Spain", "9.9"],
      ["Italy", "4.2"],
    ];
    const [small] = await read(setRows(pairs, statistics(1), 100));
    expect(small!.columns).toEqual(pairs[0]);
  });

  it("take names that are turned by a quarter", async () => {
    const columns = statistics(3);
    const names = ["Robbery", "Burglary of homes", "Theft"].map((text, i) => ({
      x: 256 + 80 * i,
      y: 150,
      text,
      angle: 90,
    }));
    const rows = [
      ["Alba", "160.2", "580.1", "1 720.0"],
      ["Brenta", "40.0", "210.3", "720.5"],
      ["Corvo", "62.1", "812.4", "911.2"],
    ];
    const [table] = await read([...names, ...setRows(rows, columns, 165)]);
    expect(table!.columns).toEqual(["label", "Robbery", "Burglary of homes", "Theft"]);
    expect(rowsOf(table)).toEqual(rows);
  });

  it("take turned names of several lengths that stand in the middle of their cells", async () => {
    const columns = [{ x: 60 }, { x: 200 }, { x: 250 }, { x: 300 }];
    const names = ["Pupils", "Teachers and helpers", "Classes"];
    // Turned by a quarter a name begins at its foot: half its length below the middle of its cell.
    const turned = names.map((text, i) => ({ x: 210 + 50 * i, y: 100 + text.length * 2.2, text, angle: 90 }));
    const rows = [
      ["Alder", "120", "12", "6"],
      ["Birch", "88", "9", "4"],
      ["Cedar", "45", "5", "3"],
    ];
    const [table] = await read([...turned, ...setRows(rows, columns, 160)]);
    expect(table!.columns).toEqual(["label", ...names]);
  });

  it("keep rows whose number stands close to the text before it", async () => {
    const columns = [{ x: 60 }, { x: 140 }, { x: 200 }, { x: 250 }];
    const rows = [
      ["Name", "Office", "Since", "Party"],
      ["Ann Archer", "Chair", "2004", "Green"],
      ["Bob Baker", "Treasurer i.", "2009", "Liberal"],
      ["Cy Cook", "Member", "2011", "Labour"],
      ["Di Dean", "Treasurer i.", "2010", "Green"],
    ];
    const [table] = await read(setRows(rows, columns, 100));
    expect(table!.columns).toEqual(rows[0]);
    expect(rowsOf(table)).toEqual(rows.slice(1));
  });

  it("keep cells of two lines together that are centred in their row", async () => {
    const [table] = await read([
      ...setRows([["Kind of school", "Schools", "Pupils"]], statistics(2), 100),
      { x: 60, y: 120, text: "Primary schools with fewer" },
      ...setRows([["", "1,204", "30,112"]], statistics(2), 126),
      { x: 60, y: 132, text: "than fifty pupils" },
      ...setRows([["Urban primary schools", "988", "410,331"]], statistics(2), 150),
      { x: 60, y: 168, text: "Schools that are run" },
      ...setRows([["", "402", "180,020"]], statistics(2), 174),
      { x: 60, y: 180, text: "by the regions" },
    ]);
    expect(rowsOf(table)).toEqual([
      ["Primary schools with fewer than fifty pupils", "1,204", "30,112"],
      ["Urban primary schools", "988", "410,331"],
      ["Schools that are run by the regions", "402", "180,020"],
    ]);
  });

  it("keep long text in cells, and the end of the last cell", async () => {
    const columns: ColumnSpec[] = [{ x: 50 }, { x: 80 }, { x: 500, align: "right" }];
    const long = "Training of nurses in hospitals near the border, with exchange of staff and of equipment";
    const rows = ["12,300", "9,120", "870", "1,204"].map((grant, i) => [
      String(i + 1),
      i % 2 === 0 ? long : "Flood protection",
      grant,
    ]);
    const [table] = await read([
      ...setRows([["No.", "Action", "Grant"], ...rows], columns, 100, 24, 8),
      { x: 80, y: 100 + 24 * 4 + 9, size: 8, text: "in three" },
      { x: 80, y: 100 + 24 * 4 + 18, size: 8, text: "valleys" },
    ]);
    expect(rowsOf(table).map(([, action]) => action)).toEqual([
      long,
      "Flood protection",
      long,
      "Flood protection in three valleys",
    ]);
  });

  it("take a row of small years for data where the rows around are alike", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => [
      `Town ${i}`,
      ...[0, 1, 2].map((c) => String(1_500 + 37 * i + 11 * c)),
    ]);
    const tables = await read(setRows([["Town", "Men", "Women", "Children"], ...rows], statistics(3), 60));
    expect(tables.map(({ rowCount }) => rowCount)).toEqual([40]);
  });

  it("merge labels of several lines and keep headings as a column of their own", async () => {
    const texts = [
      ...setRows([["Area", "2008", "2009"]], statistics(2), 100),
      { x: 60, y: 118, text: "North" },
      ...setRows([["Alba", "12", "14"]], [{ x: 72 }, ...statistics(2).slice(1)], 132),
      { x: 72, y: 146, text: "Municipalities of the lower" },
      ...setRows([["and upper valley", "33", "35"]], [{ x: 72 }, ...statistics(2).slice(1)], 157),
      { x: 60, y: 173, text: "South" },
      ...setRows([["Corvo", "7", "9"]], [{ x: 72 }, ...statistics(2).slice(1)], 187),
      ...setRows([["Total", "52", "58"]], statistics(2), 203),
    ];
    const [table] = await read(texts);
    expect(table!.columns).toEqual(["section", "Area", "2008", "2009"]);
    expect(rowsOf(table)).toEqual([
      ["North", "Alba", "12", "14"],
      ["North", "Municipalities of the lower and upper valley", "33", "35"],
      ["South", "Corvo", "7", "9"],
      [null, "Total", "52", "58"],
    ]);
  });

  it("take off leaders, currency signs, footnote marks and flags, and keep blanks in thousands and brackets of losses", async () => {
    const columns = statistics(2);
    const mark = { x: 261, y: 116, text: "2", size: 6 };
    const texts = [
      ...setRows([["Item", "2008", "2009"]], columns, 100),
      ...setRows(
        [
          ["Sales ...............", "12 301", "11 870"],
          ["Costs . . . . . . . . .", "(8 112)", "(7 909)"],
          ["Result", "4 189", "3 961*"],
          ["Change", "(0.8)%", "9.3%"],
          ["Grants", "n.a.", "12 p"],
        ],
        columns,
        120,
      ),
      mark,
      { x: 212, y: 120, text: "$" },
    ];
    const [table] = await read(texts);
    expect(table!.columns).toEqual(["Item", "2008", "2009"]);
    expect(rowsOf(table)).toEqual([
      ["Sales", "$12 301", "11 870"],
      ["Costs", "(8 112)", "(7 909)"],
      ["Result", "4 189", "3 961"],
      ["Change", "(0.8%)", "9.3%"],
      ["Grants", "n.a.", "12"],
    ]);
  });

  it("part a number from the share in brackets behind it", async () => {
    const rows = [
      ["Sort", "Cases (%)"],
      ["Minor", "120 (48.0%)"],
      ["Severe", "90 (36.0%)"],
      ["Fatal", "40 (16.0%)"],
    ];
    const [table] = await read(setRows(rows, [{ x: 60 }, { x: 300, align: "right" }], 100));
    expect(table!.columns).toEqual(["Sort", "Cases", "Cases (%)"]);
    expect(rowsOf(table)[1]).toEqual(["Severe", "90", "36.0%"]);
  });

  it("align by the decimal mark as well", async () => {
    const rows = ["3.25", "112.5", "0.875", "41"].map((text, i) => {
      const whole = text.split(".")[0]!;
      return { text, x: 300 - 5.56 * whole.length, y: 120 + 14 * i };
    });
    const labels = setRows([["Mass"], ["Force"], ["Speed"], ["Count"]], [{ x: 60 }], 120);
    const [table] = await read([...setRows([["Quantity", "Mean"]], statistics(1), 100), ...labels, ...rows]);
    expect(rowsOf(table)).toEqual([
      ["Mass", "3.25"],
      ["Force", "112.5"],
      ["Speed", "0.875"],
      ["Count", "41"],
    ]);
  });

  it("fill a label of several rows into each of them", async () => {
    const columns = [{ x: 60 }, { x: 120 }, { x: 260, align: "right" as const }];
    const quarters = ["Q1", "Q2", "Q3", "Q4", "Q1", "Q2", "Q3", "Q4"];
    const texts = [
      ...setRows([["Year", "Quarter", "Cars"]], columns, 100),
      ...setRows(
        quarters.map((quarter, i) => ["", quarter, String(1_000 + 7 * i * i)]),
        columns,
        116,
      ),
      { x: 60, y: 116 + 14 * 1.5, text: "2009" },
      { x: 60, y: 116 + 14 * 5.5, text: "2010" },
    ];
    const [table] = await read(texts);
    expect(rowsOf(table).map(([year, quarter]) => `${year} ${quarter}`)).toEqual(
      quarters.map((quarter, i) => `${i < 4 ? 2009 : 2010} ${quarter}`),
    );
  });
});

describe("several tables", () => {
  it("side by side are apart, with captions of their own", async () => {
    const right = [{ x: 340 }, { x: 480, align: "right" as const }];
    const left = [{ x: 60 }, { x: 180, align: "right" as const }, { x: 240, align: "right" as const }];
    const months = ["January", "February", "March", "April"];
    const tables = await read([
      { x: 60, y: 80, text: "Table 1. Rain" },
      { x: 340, y: 80, text: "Table 2. Sun" },
      ...setRows(
        [["Month", "mm", "Days"], ...months.map((month, i) => [month, `${61 - 3 * i}.5`, `${12 - i}`])],
        left,
        100,
      ),
      ...setRows([["Month", "Hours"], ...months.map((month, i) => [month, `${50 + 31 * i}`])], right, 100),
    ]);
    expect(tables.map(({ name, columns, rowCount }) => [name, columns, rowCount])).toEqual([
      ["Table 1. Rain", ["Month", "mm", "Days"], 4],
      ["Table 2. Sun", ["Month", "Hours"], 4],
    ]);
  });

  it("below each other come with the one of most numbers first, and one alone when a plan asks for it", async () => {
    const small = [
      ["Kind", "Count"],
      ["Old", "3"],
      ["New", "4"],
      ["Sold", "1"],
    ];
    const bytes = makePdf([
      {
        texts: [
          ...setRows(small, statistics(1), 100),
          ...setRows(
            [["Region", "Births", "Deaths", "Balance"], ...REGIONS, ["Islands", "12", "8", "4"]],
            statistics(3),
            260,
          ),
        ],
      },
    ]);
    const tables = await readPdf(bytes);
    expect(tables.map(({ place }) => place!.table)).toEqual([2, 1]);
    const [only, ...others] = await readPdf(bytes, [{ place: { pages: [1], table: 1 } }]);
    expect(others).toEqual([]);
    expect(only!.columns).toEqual(["Kind", "Count"]);
  });

  it("across pages are one, the repeated header counted", async () => {
    const head = ["Town", "Men", "Women"];
    const page = (from: number) => ({
      texts: [
        { x: 60, y: 60, text: "Table 7 Inhabitants" },
        ...setRows(
          [
            head,
            ...Array.from({ length: 30 }, (_, i) => [
              `Town ${from + i}`,
              `${900 + 13 * (from + i)}`,
              `${880 + 17 * (from + i)}`,
            ]),
          ],
          statistics(2),
          90,
        ),
        { x: 290, y: 810, text: String(from) },
      ],
    });
    const tables = await readPdf(makePdf([page(0), page(30), page(60)]));
    expect(tables).toHaveLength(1);
    expect(tables[0]!.rowCount).toBe(90);
    expect(tables[0]!.skipped.repeated_headers).toBe(2);
    expect(tables[0]!.place!.pages).toEqual([1, 2, 3]);
    expect(rowsOf(tables[0])[59]).toEqual(["Town 59", "1667", "1883"]);
  });

  it("across pages are one without a repeated header too", async () => {
    const rows = (from: number) =>
      Array.from({ length: 20 }, (_, i) => [`Town ${from + i}`, `${900 + 13 * i}`, `${880 + 17 * i}`]);
    const tables = await readPdf(
      makePdf([
        { texts: setRows([["Town", "Men", "Women"], ...rows(0)], statistics(2), 90) },
        { texts: setRows(rows(20), statistics(2), 60) },
      ]),
    );
    expect(tables.map(({ rowCount, columns }) => [rowCount, columns])).toEqual([
      [40, ["Town", "Men", "Women"]],
    ]);
  });
});

describe("pages that are turned", () => {
  const table = [["Region", "Births", "Deaths", "Balance"], ...REGIONS];

  it("read as they are shown", async () => {
    // Shown a quarter turn clockwise, so its text is drawn running up the page.
    const texts = setRows(table, statistics(3), 100).map((item) => ({
      ...item,
      x: 100 + (item.y - 100),
      y: 842 - item.x,
      angle: 90,
    }));
    for (const rotate of [0, 90] as const) {
      const [found] = await read(texts, { rotate });
      expect(found!.columns).toEqual(table[0]);
      expect(rowsOf(found)).toEqual(REGIONS);
    }
  });
});

describe("what is no table", () => {
  const tableNames = async (texts: PdfText[]) =>
    (await readPdf(makePdf([{ texts }]))).map(({ name, columns, notes }) => ({
      name,
      columns,
      note: notes[0],
    }));
  /** One table of the lines themselves, and it says so. */
  const lines = [{ name: "text", note: expect.stringContaining("No table") }];

  it("prose in one column or two makes none", async () => {
    const column = (x: number, y: number): PdfText[] =>
      Array.from({ length: 20 }, (_, i) => ({
        x,
        y: y + 13 * i,
        size: 7,
        text: SENTENCES[i % SENTENCES.length]!,
      }));
    expect(await tableNames(column(60, 80))).toMatchObject(lines);
    expect(await tableNames([...column(50, 80), ...column(310, 84)])).toMatchObject(lines);
  });

  it("a list of contents, numbered items and a form make none", async () => {
    const contents = ["Introduction", "Methods", "Results", "Outlook"].map((title, i) => [
      `${i + 1}`,
      `${title} ......`,
      `${3 + 7 * i}`,
    ]);
    const right: ColumnSpec[] = [{ x: 60 }, { x: 80 }, { x: 500, align: "right" }];
    expect(await tableNames(setRows([["", "Contents", ""], ...contents], right, 100))).toMatchObject(lines);
    const items = SENTENCES.map((text, i) => [`${i + 1}.`, text]);
    expect(await tableNames(setRows(items, right, 100))).toMatchObject(lines);
    const form = [
      ["Name:", "Maria Example"],
      ["Born:", "12/03/1975"],
      ["File:", "2011/4432"],
    ];
    expect(await tableNames(setRows(form, [{ x: 60 }, { x: 200 }], 100, 22))).toMatchObject(lines);
  });

  it("the scales of a chart make none", async () => {
    const ticks = ["100", "80", "60", "40", "20", "0"].map((text, i) => [text, String(50 - 10 * i)]);
    expect(await tableNames(setRows(ticks, [{ x: 90, align: "right" }, { x: 500 }], 100, 20))).toMatchObject(
      lines,
    );
  });

  it.each([
    [
      "what a program printed",
      ["> x <- c(4, 9)", "[1]  4.0  9.0", "> m", "     [,1]  [,2]", "[1,]  1.5  2.5", "[2,]  3.5  4.5"],
    ],
    ["a listing", ["double half(double x) {", "  a  =  1 ;", "  b  =  2 ;", "}", "c  =  3 ;", "// d  4  5"]],
    [
      "a dump of bytes",
      ["0000  7f 45 4c 46 02 01 01 00", "0010  03 00 3e 00 01 00 00 00", "0020  b0 1f 40 00 10 00 2a 00"],
    ],
    [
      "numbered equations",
      ["y = a + b    (1)", "y = a + 2b    (2)", "y = a + 3b    (3)", "y = a + 4b    (4)"],
    ],
  ])("%s makes none", async (_, lines) => {
    // Pieces of text are parted by two blanks and more.
    const texts = lines.flatMap((line, r) =>
      [...line.matchAll(/\S+(?: \S+)*/g)].map((match) => ({
        x: 60 + 6 * match.index,
        y: 100 + 13 * r,
        text: match[0],
        font: "Courier" as const,
      })),
    );
    const [table] = await read(texts);
    expect(table!.notes[0]).toContain("No table");
  });

  it("a caption right below prose is the caption still", async () => {
    const prose = SENTENCES.map((text, i) => ({ x: 60, y: 60 + 13 * i, text }));
    const [table] = await read([
      ...prose,
      { x: 60, y: 140, text: "Table 2.1. Births and deaths by region in the last year" },
      { x: 60, y: 153, text: "(persons)" },
      ...setRows([["Region", "Births", "Deaths", "Balance"], ...REGIONS], statistics(3), 185),
    ]);
    expect(table!.name).toBe("Table 2.1. Births and deaths by region in the last year (persons)");
  });

  it("a table beside prose is read without it", async () => {
    const prose = Array.from({ length: 18 }, (_, i) => ({
      x: 40,
      y: 60 + 11 * i,
      size: 7,
      text: SENTENCES[i % SENTENCES.length]!,
    }));
    const columns: ColumnSpec[] = [{ x: 330 }, { x: 470, align: "right" }, { x: 530, align: "right" }];
    const rows = [
      ["Buildings", "n =", "%"],
      ["Halls", "60", "27.7"],
      ["Grounds", "58", "26.7"],
      ["Other", "15", "6.9"],
    ];
    const tables = await read([...prose, ...setRows(rows, columns, 90, 12, 9)]);
    expect(tables.map(({ columns: names }) => names)).toEqual([["Buildings", "n =", "%"]]);
    expect(rowsOf(tables[0])).toEqual(rows.slice(1));
  });
});

describe("the account of lines", () => {
  it("counts sources and notes, and says how many lines with numbers are in tables", async () => {
    const texts = [
      ...setRows([["Region", "Births", "Deaths", "Balance"], ...REGIONS], statistics(3), 100),
      { x: 60, y: 165, text: "Source: Statistical office" },
      { x: 60, y: 176, text: "1 Without the islands" },
      ...setRows([["Telephone", "555 01 23"]], [{ x: 60 }, { x: 400 }], 600),
    ];
    const [table] = await read(texts);
    expect(table!.skipped.footnotes).toBe(2);
    expect(table!.notes[0]).toContain("3 of the 4 lines");
    const [all] = await read(texts.slice(0, -2));
    expect(table!.certainty).toBeLessThan(all!.certainty);
  });

  it("reads a document without tables as its text", async () => {
    const texts = ["pressure = 5 bar", "pressure = 6 bar", "pressure = 7 bar"].map((text, i) => ({
      x: 60,
      y: 80 + 20 * i,
      text,
    }));
    const [table] = await readPdf(makePdf([{ texts }]));
    expect(table!.notes[0]).toContain("No table");
    expect(rowsOf(table)).toEqual([["5bar"], ["6bar"], ["7bar"]]);
  });
});
