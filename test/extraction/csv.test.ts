import { describe, expect, it } from "vitest";
import { countedLines, iso, linesIn, play } from "./support";

const lines = (...rows: string[]): string => `${rows.join("\n")}\n`;

describe("delimited text", () => {
  it("reads a plain table with its own names", () => {
    const { body, points } = play(
      lines("taken,site,level_m", "2021-03-01,north,1.5", "2021-03-02,south,1.75", "2021-03-03,north,2"),
    );
    expect(body.schema).toMatchObject({
      timestamp_field: "taken",
      value_fields: ["level_m"],
      category_fields: ["site"],
    });
    expect(points[1]).toEqual({
      timestamp: Date.UTC(2021, 2, 2) * 1_000,
      fields: { level_m: 1.75 },
      tags: { site: "south" },
    });
  });

  it.each([
    ["comma", ","],
    ["semicolon", ";"],
    ["tab", "\t"],
    ["bar", "|"],
    ["caret", "^"],
  ])("finds the %s as delimiter by how the cells come out", (_, mark) => {
    const rows = [
      ["when", "a", "b"],
      ["2021-03-01", "1", "x y"],
      ["2021-03-02", "2", "z"],
      ["2021-03-03", "3", "x y"],
    ];
    const { body, understanding } = play(lines(...rows.map((row) => row.join(mark))));
    expect(understanding.plan.dialect?.delimiter).toBe(mark);
    expect(body.schema).toMatchObject({
      timestamp_field: "when",
      value_fields: ["a"],
      category_fields: ["b"],
    });
  });

  it("parts by tabs where cells are lists with commas", () => {
    const { body, understanding } = play(
      lines(
        "a1.jpg\t51,47,45\t87,88,86\t7",
        "a2.jpg\t37,25,24\t87,59,47\t9",
        "a3.jpg\t48,34,46\t80,51,58\t4",
      ),
    );
    expect(understanding.plan.dialect?.delimiter).toBe("\t");
    expect(body.records_processed).toBe(3);
  });

  it("keeps the rows of a table that has more columns than any may have, and says what is left out", () => {
    const wide = (cell: (i: number) => string) => Array.from({ length: 600 }, (_, i) => cell(i)).join(",");
    const { body } = play(
      lines(
        wide((i) => `q${i}`),
        wide((i) => String(i)),
        wide((i) => String(i * 2)),
      ),
    );
    expect(body).toMatchObject({ records_processed: 2, records_rejected: 0 });
    expect(body.warnings).toContain("176 cell(s) past 512 columns were left out.");
  });

  it("leaves out comments whose mark stands by itself where blanks part the columns", () => {
    const { body } = play(
      lines(
        "# daily means",
        "# of the station on the mountain",
        "1958 3 315.70",
        "1958 4 317.45",
        "1958 5 317.51",
        "1958 6 317.2",
      ),
    );
    expect(body).toMatchObject({ records_processed: 4, skipped: { comments: 2 } });
    const named = play(
      lines("# daily means", "# year month co2", "1958 3 315.7", "1958 4 317.45", "1958 5 317.5"),
    );
    expect(named.body).toMatchObject({
      records_processed: 3,
      schema: { timestamp_fields: ["year", "month"] },
    });
  });

  it("leaves out a line of prose below a table of two columns, and keeps a row that lost its second cell", () => {
    const rows = ["place,servings", "China,40430", "Japan,5540", "Nepal,1190"];
    expect(play(lines(...rows, "Source: the makers' own figures")).body).toMatchObject({
      records_processed: 3,
      skipped: { footnotes: 1 },
    });
    expect(play(lines(...rows, "Peru,")).body.records_processed).toBe(4);
    expect(play(lines(...rows, "Peru")).body.records_processed).toBe(4);
  });

  it("leaves out footnotes whose mark stands in a cell of its own", () => {
    const { body } = play(
      lines(
        "field,1990,2000,2010,2020",
        "Surgery,379,575,686,704",
        "Urology,135,123,100,88",
        "Geriatrics,1,2,3,9",
        "1.,Until 1992 of one part of the country only.,,,",
        "Source:,Register of all practitioners,,,",
      ),
    );
    expect(body).toMatchObject({ records_processed: 3, skipped: { footnotes: 2 } });
  });

  it("keeps delimiters and line breaks inside of quotes, and counts lines over them", () => {
    const { points, accounting } = play(
      lines("day,who,n", '2021-03-01,"Doe, J.",1', '2021-03-02,"two\nlines",2', "bad,x,3"),
    );
    expect(points.map(({ tags }) => tags.who)).toEqual(["Doe, J.", "two\nlines"]);
    expect(accounting.rejectedRows[0]!.row).toBe(5);
  });

  it("knows quotes for quotes where every record has a text of several lines", () => {
    const rows = Array.from(
      { length: 300 },
      (_, i) => `2021-03-${10 + (i % 20)},"part ${i},\nsaid ""so""\nend",${(i * 7) % 90}`,
    );
    const { body, points, understanding } = play(lines("day,note,n", ...rows));
    expect(understanding.plan.dialect?.quote).toBe('"');
    expect(body.records_processed).toBe(300);
    expect(points[299]!.fields).toEqual({ n: 23 });
    expect({ ...points[299]!.tags, ...points[299]!.attributes }.note).toBe('part 299,\nsaid "so"\nend');
  });

  it("leaves out titles above the header, comments, blank lines, repeated headers, totals and footnotes, and counts them", () => {
    const text = lines(
      "Monthly report",
      "printed 2021-05-01",
      "",
      "Region,Date,Amount",
      "North,2021-01-01,10",
      "# checked",
      "South,2021-01-02,20",
      "",
      "Region,Date,Amount",
      "North,2021-01-03,30",
      "Total,,60",
      "Source: our books",
    );
    const played = play(text);
    expect(played.body.records_processed).toBe(3);
    expect(played.body.skipped).toEqual({
      blank: 2,
      comments: 1,
      preamble: 2,
      repeated_headers: 1,
      units_rows: 0,
      descriptions: 0,
      totals: 1,
      footnotes: 1,
      continued: 0,
      without_records: 0,
    });
    // The header itself is the one line that is neither.
    expect(countedLines(played)).toBe(linesIn(text) - 1);
  });

  it.each([
    ["after one row", ["time,v", "2025-01-01,1", "time,v", "2025-01-02,2"], 2, 1],
    ["after each of a few rows", ["t;v", "2025-01-01;1", "t;v", "2025-01-02;2", "t;v", "2025-01-03;3"], 3, 2],
    ["at once", ["time,v", "time,v", "2025-01-01,1"], 1, 1],
    ["with other blanks", ["time, v", "2025-01-01, 1", " time,v ", "2025-01-02, 2"], 2, 1],
    ["at the end", ["time,v", "2025-01-01,1", "time,v"], 1, 1],
  ])("counts a header that comes again %s, however short the table", (_, text, processed, repeated) => {
    const { body, points } = play(lines(...text));
    expect(body.records_processed).toBe(processed);
    expect(body.skipped.repeated_headers).toBe(repeated);
    expect(points.map(({ fields }) => fields.v)).toEqual([1, 2, 3].slice(0, processed));
  });

  it("takes equal rows of text for rows", () => {
    const { body } = play(lines("north,open", "south,shut", "north,open", "west,open"));
    expect(body.records_processed).toBe(4);
    expect(body.skipped.repeated_headers).toBe(0);
  });

  it("numbers the columns of a table without a header", () => {
    const { body } = play(lines("2021-01-01,5,a", "2021-01-02,6,b", "2021-01-03,7,a"));
    expect(body.schema).toMatchObject({
      timestamp_field: "col1",
      value_fields: ["col2"],
      category_fields: ["col3"],
    });
    expect(body.records_processed).toBe(3);
  });

  it("takes a single line of readings as a record", () => {
    const { body, points } = play("2025-01-15,AAPL,150.25,1000000");
    expect(body.schema.timestamp_field).toBe("col1");
    expect(points[0]!.fields).toEqual({ col3: 150.25, col4: 1_000_000 });
  });

  it("reads a row of units below the header", () => {
    const { body } = play(
      lines("t,temp,wind", "s,°C,m/s", "2021-01-01,1,2", "2021-01-02,2,3", "2021-01-03,2,4"),
    );
    expect(body.schema.units).toEqual({ temp: "°C", wind: "m/s" });
    expect(body.records_processed).toBe(3);
  });

  it("takes units in brackets off the names and makes equal names distinct", () => {
    const { body } = play(
      lines(
        "day,Temp (°C),Temp [K],GDP (2010)",
        "2021-01-01,1,274,5",
        "2021-01-02,2,275,6",
        "2021-01-03,3,276,7",
      ),
    );
    expect(body.schema.value_fields).toEqual(["Temp", "Temp_2", "GDP (2010)"]);
    expect(body.schema.units).toEqual({ Temp: "°C", Temp_2: "K" });
  });

  it("fills short rows with nothing, and rejects long ones with their reason", () => {
    const { points, accounting } = play(lines("a,b,c", "1,2,3", "4,5", "6,7,8,9", "10,11,12,,"));
    expect(points.map(({ fields }) => fields)).toEqual([
      { a: 1, b: 2, c: 3 },
      { a: 4, b: 5 },
      { a: 10, b: 11, c: 12 },
    ]);
    expect(accounting.rejectedRows).toEqual([
      { row: 4, reason: "has 4 cells where the table has 3 columns" },
    ]);
  });

  it("keeps the rest of a row whose one value cannot be read, and says how many there are", () => {
    const { points, body } = play(
      lines(
        "day,a,b",
        "2021-01-01,1,2",
        "2021-01-02,oops,3",
        "2021-01-03,5,4",
        ...Array.from({ length: 20 }, (_, i) => `2021-02-${String(i + 1).padStart(2, "0")},${i},${i}`),
      ),
    );
    expect(points[1]!.fields).toEqual({ b: 3 });
    expect(body.warnings.join()).toContain('1 cell(s) of "a" are no numbers');
  });

  it("rejects a row without a readable time by line and reason", () => {
    const { accounting } = play(lines("day,a", "2021-01-01,1", "soon,2", "2021-01-03,3", ",4"));
    expect(accounting.rejectedRows.map(({ row }) => row)).toEqual([3, 5]);
    expect(accounting.rejectedRows[0]!.reason).toContain("soon");
  });

  it("survives a quote that is never closed", () => {
    const rows = Array.from({ length: 400 }, (_, i) => `2021-01-01,${i},${i === 250 ? '"odd' : "fine"}`);
    expect(play(lines("day,n,note", ...rows)).body.records_processed).toBe(400);
  });

  it("joins two rows of names, blanks of the upper one going on from the left", () => {
    const rows = "2021-01-01,1,2,3,4\n2021-01-02,2,3,4,5\n2021-01-03,3,4,5,6\n";
    const repeated = play(`,Inside,Inside,Outside,Outside\ndate,min,max,min,max\n${rows}`);
    const merged = play(`Site,Inside,,Outside,\ndate,min,max,min,max\n${rows}`);
    const sparse = play(`,Inside,,Outside,\ndate,min,max,min,max\n${rows}`);
    for (const { body, points } of [repeated, merged, sparse]) {
      expect(points).toHaveLength(3);
      expect(body.schema).toMatchObject({
        timestamp_field: "date",
        value_fields: ["Inside min", "Inside max", "Outside min", "Outside max"],
      });
    }
    const plain = play("date,min,,max\n2021-01-01,1,x,2\n2021-01-02,2,y,3\n");
    expect(plain.body.schema.value_fields).toEqual(["min", "max"]);
  });

  it("splits at marks that always stand twice, and at blanks around quoted cells", () => {
    for (const mark of ["||", "::"]) {
      const { body, points } = play(
        ["day", "city", "v"].join(mark) +
          "\n" +
          [1, 2, 3].map((i) => `2021-01-0${i}${mark}Bonn${mark}${i}.5\n`).join(""),
      );
      expect(points[2]).toMatchObject({ fields: { v: 3.5 }, tags: { city: "Bonn" } });
      expect(body.plan.tables[0]!.dialect!.delimiter).toBe(mark);
    }
    const quoted = play("'obs' 'my gpa' 'v'\n1 2.66 20.5\n2 2.89 22.5\n3 3.28 24.5\n");
    expect(quoted.body.schema.value_fields).toEqual(["my gpa", "v"]);
  });

  it("takes blanks before a quote for none of the cell's", () => {
    const { points, body } = play('id, what, v\n1, "a, b", 1.5\n2, "c", 2.5\n3, "d ""e""", 3.5\n');
    expect(body.plan.tables[0]!.dialect!.delimiter).toBe(",");
    expect(points.map(({ tags }) => tags.what)).toEqual(["a, b", "c", 'd "e"']);
  });

  it("tells a first row of codes from a header", () => {
    const rows = ["Italy,it,ITL", "Spain,es,ESP", "France,fr,FRF", "Japan,jp,JPY", "Peru,pe,PEN"];
    expect(play(`${rows.join("\n")}\n`).points).toHaveLength(5);
    expect(play(`country,code,currency\n${rows.join("\n")}\n`).points).toHaveLength(5);
  });

  it("reads a wide table as it stands, and says so", () => {
    const { body } = play("country,2018,2019,2020,2021\nA,1,2,3,4\nB,2,3,4,5\nC,3,4,5,6\n");
    expect(body.schema).toMatchObject({
      timestamp_field: null,
      value_fields: ["2018", "2019", "2020", "2021"],
    });
    expect(body.warnings.join()).toContain("named after times");
  });

  it("takes the unit that ends a name, and leaves the name", () => {
    const { schema } = play(
      "day,price_usd,Speed in knots,temp min\n2021-01-01,1,2,3\n2021-01-02,4,5,6\n",
    ).body;
    expect(schema.units).toEqual({ price_usd: "USD", "Speed in knots": "knots" });
  });

  it("leaves out a line of dashes below the names", () => {
    const { body } = play("name | qty | price\n-----+-----+------\na | 5 | 1.5\nb | 6 | 2\nc | 7 | 3\n");
    expect(body.records_processed).toBe(3);
  });

  it("reads wide tables whose names are years", () => {
    const { body } = play(lines("Country,1990,1991", "France,1.5,1.6", "Spain,2.5,2.6", "Italy,3.5,2.9"));
    expect(body.schema).toMatchObject({
      timestamp_field: null,
      value_fields: ["1990", "1991"],
      category_fields: ["Country"],
    });
  });

  it("tells identifiers, counters and codes from values", () => {
    const rows = Array.from(
      { length: 12 },
      (_, i) => `${i},2021-01-${String(i + 1).padStart(2, "0")},${90_000 + i * 7},0${(i % 3) + 1},${i * 1.5}`,
    );
    const { body } = play(lines(",date,invoice_id,dept,amount", ...rows));
    expect(body.schema.value_fields).toEqual(["amount"]);
    expect(body.schema.category_fields).toEqual(["dept"]);
    expect(body.schema.attribute_fields).toEqual(["col1", "invoice_id"]);
  });

  it("makes booleans values of 0 and 1, long text attributes", () => {
    const said = "a rather long remark about what went on that day, in many words";
    const { points } = play(
      lines(
        "day,ok,remark",
        `2021-01-01,true,${said.replace(",", "")} 1`,
        `2021-01-02,false,${said.replace(",", "")} 2`,
        `2021-01-03,TRUE,${said.replace(",", "")} 3`,
      ),
    );
    expect(points.map(({ fields }) => fields.ok)).toEqual([1, 0, 1]);
    expect(points[0]!.attributes!.remark).toContain("rather long");
  });

  it("keeps a category as an attribute where it would make too many series", () => {
    const rows = Array.from(
      { length: 3_000 },
      (_, i) => `2021-01-01,part ${i},${i},${i + 1},${i + 2},${i * 2}`,
    );
    const { body } = play(lines("day,name,a,b,c,d", ...rows));
    expect(body.schema.category_fields).toEqual([]);
    expect(body.warnings.join()).toContain("series");
  });
});

describe("encodings", () => {
  const text = "day;ort;wert\n2021-01-01;Köln;1,5\n2021-01-02;Ulm;2,5\n2021-01-03;Köln;3,5\n";
  const utf16 = (value: string, little: boolean) => {
    const bytes = new Uint8Array(value.length * 2);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < value.length; i++) view.setUint16(i * 2, value.charCodeAt(i), little);
    return bytes;
  };
  it.each([
    ["utf-8", new TextEncoder().encode(text)],
    ["utf-8-bom", new TextEncoder().encode(`\ufeff${text}`)],
    ["utf-16le", utf16(`\ufeff${text}`, true)],
    ["utf-16be", utf16(`\ufeff${text}`, false)],
    ["utf-16le", utf16(text, true)],
    ["windows-1252", Uint8Array.from(text, (char) => char.charCodeAt(0))],
  ])("reads %s", (encoding, bytes) => {
    const { points, understanding } = play(bytes);
    expect(understanding.encoding).toBe(encoding);
    expect(points[0]).toMatchObject({ fields: { wert: 1.5 }, tags: { ort: "Köln" } });
  });

  it("takes all three kinds of line breaks", () => {
    for (const mark of ["\n", "\r\n", "\r"])
      expect(play(text.replaceAll("\n", mark)).body.records_processed).toBe(3);
    expect(iso(play(text.replaceAll("\n", "\r")).points[0])).toBe("2021-01-01T00:00:00.000Z");
  });
});
