import { describe, expect, it } from "vitest";
import { utils, write } from "xlsx";
import { AppError } from "../../src/core/errors";
import { binaryFormat } from "../../src/extraction/detect/binary";
import { INTERCHANGE, type InterchangeKind } from "../../src/extraction/formats/interchange";
import { seededRandom } from "../support/series";
import { rowsOf } from "./xlsx-support";

const latin1 = (text: string) => Uint8Array.from(text, (one) => one.charCodeAt(0));
const bytesOf = (text: string) => new TextEncoder().encode(text);

async function refusal(kind: InterchangeKind, body: Uint8Array): Promise<string> {
  try {
    await INTERCHANGE[kind](body);
    return "";
  } catch (error) {
    if (error instanceof AppError) return error.failure.code;
    throw error;
  }
}

interface Field {
  name: string;
  type: string;
  bytes: number;
}

/** A file of dBASE: records are bytes, the mark of deletion first. */
function dbase(
  fields: Field[],
  records: string[],
  { version = 3, driver = 0, count = records.length, end = "\x1a" } = {},
): Uint8Array {
  const isLevel7 = version === 4;
  const step = isLevel7 ? 48 : 32;
  const first = isLevel7 ? 68 : 32;
  const headerBytes = first + step * fields.length + 1;
  const header = new Uint8Array(headerBytes);
  const view = new DataView(header.buffer);
  header.set([version, 124, 3, 1]);
  view.setUint32(4, count, true);
  view.setUint16(8, headerBytes, true);
  view.setUint16(
    10,
    fields.reduce((sum, { bytes }) => sum + bytes, 1),
    true,
  );
  header[29] = driver;
  fields.forEach(({ name, type, bytes }, i) => {
    const at = first + step * i;
    header.set(latin1(name), at);
    header[at + (isLevel7 ? 32 : 11)] = type.charCodeAt(0);
    header[at + (isLevel7 ? 33 : 16)] = bytes & 255;
    header[at + (isLevel7 ? 34 : 17)] = bytes >> 8;
  });
  header[headerBytes - 1] = 0x0d;
  return Uint8Array.from([...header, ...latin1(records.join("") + end)]);
}

const FIELDS: Field[] = [
  { name: "DAY", type: "D", bytes: 8 },
  { name: "SITE", type: "C", bytes: 6 },
  { name: "DEPTH", type: "N", bytes: 6 },
  { name: "DRY", type: "L", bytes: 1 },
];
const RECORDS = [" 20240301mill    1.50T", " 20240302weir   -2.00F", " 20240303lock    3.25?"];

describe("a file of dBASE", () => {
  it("is told by a header that fits itself, and no text is taken for one", () => {
    expect(binaryFormat(dbase(FIELDS, RECORDS))).toBe("dbf");
    const wrong = dbase(FIELDS, RECORDS);
    wrong[10]!++;
    expect(binaryFormat(wrong)).toBeNull();
    for (const begin of ["0", "1", "C", "c", "\x03"])
      expect(binaryFormat(latin1(begin + ",1,2,3\n".repeat(40)))).toBeNull();
  });

  it("has typed values, names and the rows that are not deleted", async () => {
    const deleted = RECORDS[0]!.replace(" ", "*");
    const [table] = await INTERCHANGE.dbf(dbase(FIELDS, [deleted, ...RECORDS]));
    expect(table!.columns).toEqual(["DAY", "SITE", "DEPTH", "DRY"]);
    expect(rowsOf(table)).toEqual([
      ["2024-03-01", "mill", 1.5, true],
      ["2024-03-02", "weir", -2, false],
      ["2024-03-03", "lock", 3.25, null],
    ]);
    expect(table!.notes).toEqual(["1 row(s) that are marked as deleted were left out."]);
  });

  it("has no value where a number did not fit its column, a date is empty, or nothing stands", async () => {
    const odd = [" 00000000mill  ******T", "   /  /  weir       .F", " 20240303lock     1,5F"];
    const [table] = await INTERCHANGE.dbf(dbase(FIELDS, [...odd, ...RECORDS]));
    expect(rowsOf(table).slice(0, 3)).toEqual([
      [null, "mill", null, true],
      [null, "weir", null, false],
      ["2024-03-03", "lock", "1,5", false],
    ]);
  });

  it("is read where its header has no mark of its end", async () => {
    const body = dbase(FIELDS, RECORDS);
    const end = body.indexOf(0x0d, 32);
    const without = Uint8Array.from([...body.subarray(0, end), ...body.subarray(end + 1)]);
    new DataView(without.buffer).setUint16(8, end, true);
    const [table] = await INTERCHANGE.dbf(without);
    expect([table!.columns.length, table!.rowCount]).toEqual([4, 3]);
  });

  it("is read where its mark of the end is missing, and as far as it goes where it is cut", async () => {
    const [whole] = await INTERCHANGE.dbf(dbase(FIELDS, RECORDS, { end: "" }));
    expect(whole!.rowCount).toBe(3);
    const [cut] = await INTERCHANGE.dbf(dbase(FIELDS, RECORDS, { count: 4_000_000_000 }));
    expect(cut!.rowCount).toBe(3);
    expect(cut!.notes.join(" ")).toContain("has 4000000000 rows; 3 are there");
  });

  it("has the values of FoxPro: numbers and instants in binary, money, long texts", async () => {
    const fields = [
      { name: "AT", type: "T", bytes: 8 },
      { name: "N", type: "I", bytes: 4 },
      { name: "X", type: "B", bytes: 8 },
      { name: "COST", type: "Y", bytes: 8 },
      { name: "REMARK", type: "C", bytes: 300 },
      { name: "NOTES", type: "M", bytes: 4 },
    ];
    const record = (day: number, ms: number, n: number, x: number, cost: bigint) => {
      const view = new DataView(new ArrayBuffer(28));
      view.setInt32(0, day, true);
      view.setInt32(4, ms, true);
      view.setInt32(8, n, true);
      view.setFloat64(12, x, true);
      view.setBigInt64(20, cost, true);
      const binary = String.fromCharCode(...new Uint8Array(view.buffer));
      return ` ${binary}${"words".padEnd(300)}\0\0\0\0`;
    };
    const body = dbase(fields, [record(2_460_371, 37_800_000, -7, 0.1, 12_345n), record(0, 0, 8, 2, -1n)], {
      version: 0x30,
    });
    const [table] = await INTERCHANGE.dbf(body);
    expect(rowsOf(table)).toEqual([
      ["2024-03-01T10:30:00", -7, 0.1, 1.2345, "words"],
      [null, 8, 2, -0.0001, "words"],
    ]);
    expect(table!.notes.join(" ")).toContain("1 column(s) of memos");
  });

  it("has the numbers of level 7, whose bytes order as they do", async () => {
    const fields = [
      { name: "id", type: "+", bytes: 4 },
      { name: "depth", type: "O", bytes: 8 },
    ];
    const record = (id: number, depth: number) => {
      const view = new DataView(new ArrayBuffer(12));
      view.setInt32(0, id ^ -0x80000000);
      view.setFloat64(4, depth);
      const raw = new Uint8Array(view.buffer);
      for (let i = 4; i < 12; i++) raw[i]! ^= depth < 0 ? 255 : i === 4 ? 128 : 0;
      return ` ${String.fromCharCode(...raw)}`;
    };
    const [table] = await INTERCHANGE.dbf(dbase(fields, [record(1, 1.5), record(-2, -2.5)], { version: 4 }));
    expect(rowsOf(table)).toEqual([
      [1, 1.5],
      [-2, -2.5],
    ]);
  });

  it.each([
    ["a code page of DOS", 0x02, "K\x94ln"],
    ["one of Windows", 0x57, "K\xf6ln"],
    ["UTF-8 where it does not say", 0, "K\xc3\xb6ln"],
    ["Windows-1252 where it does not say and is no UTF-8", 0, "K\xf6ln"],
  ])("has texts in %s", async (_, driver, site) => {
    const records = [` 20240301${site.padEnd(6)}  1.50T`, ...RECORDS];
    const [table] = await INTERCHANGE.dbf(dbase(FIELDS, records, { driver }));
    expect(rowsOf(table)[0]![1]).toBe("Köln");
  });
});

describe("SYLK", () => {
  const sylk = (...lines: string[]) =>
    ["ID;PWXL;N;E", "P;PGeneral", "P;Pyyyy\\-mm\\-dd", ...lines, "E"].join("\r\n");
  const READINGS = [
    'C;Y1;X1;K"day"',
    'C;X2;K"depth; in m"'.replace("; in", ";; in"),
    'C;X3;K"site"',
    "F;P1;FG0G;Y2;X1",
    "C;K45352",
    "C;X2;K1.5;EX1+1",
    'C;X3;K"K\x1bNHoln"',
    "F;P1;FG0G;X1",
    "C;Y3;X1;K45353",
    "C;X2;K#N/A",
    'C;X3;K"50\x1bN0 \x1b+7"',
  ];

  it("is told from delimited text whose names begin like it", () => {
    expect(binaryFormat(latin1(sylk(...READINGS)))).toBe("sylk");
    expect(binaryFormat(latin1("ID;Price\n1;2.5\n2;3.5\n"))).toBeNull();
    expect(binaryFormat(latin1("ID;P\n1;2.5\n2;3.5\n"))).toBeNull();
  });

  it("keeps places, formats, formulas apart from values, and characters behind escapes", async () => {
    const [table] = await INTERCHANGE.sylk(latin1(sylk(...READINGS)));
    expect(table!.columns).toEqual(["day", "depth; in m", "site"]);
    expect(rowsOf(table)).toEqual([
      ["2024-03-01", 1.5, "Köln"],
      ["2024-03-02", null, "50° ·"],
    ]);
    expect(table!.notes.join(" ")).toContain("1 cell(s)");
  });

  it("counts days from 1904 where it says so, and formats whole columns", async () => {
    const [table] = await INTERCHANGE.sylk(
      latin1(
        sylk(
          "O;L;V4",
          "F;P1;C1",
          'C;Y1;X1;K"day"',
          'C;X2;K"v"',
          "C;Y2;X1;K43890",
          "C;X2;K1",
          "C;Y3;X1;K43891",
          "C;X2;K2",
        ),
      ),
    );
    expect(rowsOf(table).map(([day]) => day)).toEqual(["2024-03-01", "2024-03-02"]);
  });

  it.each([
    ["a row past the last", "C;Y4000000000;X1;K1"],
    ["a column past the last", "C;Y1;X16385;K1"],
    ["no number for a place", "C;Yx;X1;K1"],
    ["a line that does not end", `C;Y1;X1;K"${"x".repeat(1_100_000)}`],
  ])("is refused with %s", async (_, line) => {
    expect(await refusal("sylk", latin1(sylk(line)))).toBe("malformed_data");
  });
});

describe("DIF", () => {
  const dif = (...lines: string[]) =>
    ["TABLE", "0,1", '"gauge"', "VECTORS", "0,2", '""', "DATA", "0,0", '""', ...lines].join("\r\n");
  const names = ["-1,0", "BOT", "1,0", '"day"', "1,0", '"depth ""m"""'];

  it("has texts over lines, numbers, what is none, and dates where numbers belong", async () => {
    const body = latin1(
      dif(
        ...names,
        "-1,0",
        "BOT",
        "0,2024-03-01",
        "V",
        "0,1.5",
        "V",
        "-1,0",
        "BOT",
        "1,0",
        '"2024-',
        '03-02"',
        "0,0",
        "NA",
        "-1,0",
        "EOD",
      ),
    );
    expect(binaryFormat(body)).toBe("dif");
    const [table] = await INTERCHANGE.dif(body);
    expect(table!.columns).toEqual(["day", 'depth "m"']);
    expect(rowsOf(table)).toEqual([
      ["2024-03-01", 1.5],
      ["2024-\n03-02", null],
    ]);
  });

  it.each([
    ["cells above the first row", ["0,1", "V"]],
    ["a type that is none", [...names, "7,1", "V"]],
    ["a command that is none", ["-1,0", "XYZ"]],
    ["a quote that stays open", [...names, "1,0", '"x'.padEnd(40_000, "x"), "y"]],
  ])("is refused with %s", async (_, lines) => {
    expect(await refusal("dif", latin1(dif(...lines)))).toBe("malformed_data");
  });
});

describe("files for exchange that another program writes", () => {
  const rows = [
    ["day", "site", "depth"],
    [new Date(Date.UTC(2024, 2, 1)), "mill", 1.5],
    [new Date(Date.UTC(2024, 2, 2)), "weir", 2],
  ];
  const written = (kind: InterchangeKind) => {
    const book = utils.book_new();
    utils.book_append_sheet(book, utils.aoa_to_sheet(rows, { cellDates: true, UTC: true }), "Data");
    return new Uint8Array(write(book, { type: "array", bookType: kind, cellDates: kind === "dbf" }));
  };

  it.each(["dbf", "sylk", "dif"] as const)("hold the same rows: %s", async (kind) => {
    expect(binaryFormat(written(kind))).toBe(kind);
    const [table] = await INTERCHANGE[kind](written(kind));
    expect(table!.columns).toEqual(["day", "site", "depth"]);
    expect(rowsOf(table).map(([, ...rest]) => rest)).toEqual([
      ["mill", 1.5],
      ["weir", 2],
    ]);
  });

  it("give tables or a typed failure for any change of their bytes", async () => {
    const random = seededRandom(5);
    const codes = ["", "unrecognised_format", "malformed_data", "no_valid_rows", "payload_too_large"];
    for (const kind of ["dbf", "sylk", "dif"] as const)
      for (let round = 0; round < 300; round++) {
        const changed = written(kind).slice(0, round % 5 === 0 ? Math.floor(random() * 500) : undefined);
        for (let i = 0; i <= round % 8 && changed.length > 0; i++)
          changed[Math.floor(random() * changed.length)] = Math.floor(random() * 256);
        expect(codes).toContain(await refusal(kind, changed));
      }
  });

  it("are refused past 20 MB and where they are empty", async () => {
    expect(await refusal("dbf", new Uint8Array(20_000_001))).toBe("payload_too_large");
    expect(await refusal("sylk", bytesOf("ID;PX\nP;P0\nP;P1\nE\n"))).toBe("no_valid_rows");
  });
});
