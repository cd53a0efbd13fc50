import { describe, expect, it } from "vitest";
import { CFB, utils, write } from "xlsx";
import { AppError } from "../../src/core/errors";
import { readWorkbook } from "../../src/extraction/formats/xlsx";
import { eachAttribute, XmlScanner } from "../../src/extraction/formats/xlsx/xml";
import { type ZipPart, zipOf } from "./support-zip";
import { type CellOf, refusal, rowsOf, sheetOf, workbook, workbookParts, zipped } from "./xlsx-support";

const rows: CellOf[][] = [
  ["a", "b"],
  [1, 2],
  [3, 4],
];
const part = (name: string, content: string | Uint8Array, more: Record<string, string | Uint8Array> = {}) =>
  workbook({ sheets: [{ rows }], parts: { [name]: content, ...more } });
const sheet = (xml: string) => part("xl/worksheets/sheet1.xml", xml);

/** Mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe("archives that are larger than they look", () => {
  it("are refused by what they declare", async () => {
    expect(await refusal(part("xl/media/zeros.bin", new Uint8Array(40_000_000)))).toBe("payload_too_large");
  });

  it("are refused by what comes out, whatever they declare", async () => {
    const bytes = part("xl/worksheets/sheet1.xml", `<worksheet>${" ".repeat(40_000_000)}</worksheet>`);
    // The directory says that every part is a byte long.
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (let at = 0; at + 46 < bytes.length; at++)
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 1, true);
    expect(["payload_too_large", "malformed_data"]).toContain(await refusal(bytes));
  });

  it("are refused where they have too many parts", async () => {
    const many = Object.fromEntries(Array.from({ length: 6_000 }, (_, i) => [`p${i}`, ""]));
    expect(await refusal(zipped({ ...workbookParts({ sheets: [{ rows }] }), ...many }))).toBe(
      "payload_too_large",
    );
  });

  it("are refused where a part is not as long as declared", async () => {
    const bytes = sheetOf(rows);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (let at = 0; at + 46 < bytes.length; at++)
      if (view.getUint32(at, true) === 0x02014b50)
        view.setUint32(at + 24, view.getUint32(at + 24, true) + 5, true);
    expect(await refusal(bytes)).toBe("malformed_data");
  });
});

describe("archives that lie", () => {
  /** The parts of a workbook written byte by byte. */
  const archive = (more: (parts: ZipPart[]) => ZipPart[]) =>
    zipOf(
      more(
        Object.entries(workbookParts({ sheets: [{ rows }] })).map(([name, content]) => ({ name, content })),
      ),
    );
  const changed = (how: (part: ZipPart) => Partial<ZipPart>) =>
    archive((parts) =>
      parts.map((one) => (/sheet1\.xml$/.test(String(one.name)) ? { ...one, ...how(one) } : one)),
    );

  it("are read where they do not", async () => {
    const [table] = await readWorkbook(archive((parts) => parts));
    expect(rowsOf(table!)).toHaveLength(2);
    const [stored] = await readWorkbook(archive((parts) => parts.map((one) => ({ ...one, stored: true }))));
    expect(rowsOf(stored!)).toHaveLength(2);
  });

  it.each([
    ["two parts of one name", archive((parts) => [...parts, { ...parts.at(-1)! }])],
    [
      "two parts whose names differ by case",
      archive((parts) => [...parts, { ...parts.at(-1)!, name: String(parts.at(-1)!.name).toUpperCase() }]),
    ],
    [
      "parts that share bytes",
      archive((parts) => [...parts, { name: "x.bin", content: "x", declared: { header: 0 } }]),
    ],
    ["a checksum of something else", changed(() => ({ declared: { crc32: 1 } }))],
    ["more than is declared", changed(() => ({ declared: { bytes: 10 } }))],
    ["less than is declared", changed(() => ({ declared: { bytes: 1_000_000 } }))],
    ["something behind the end of a part", changed(() => ({ tail: new Uint8Array(100) }))],
    ["a method that workbooks do not use", changed(() => ({ declared: { method: 12 } }))],
  ])("are refused: %s", async (_, bytes) => {
    expect(await refusal(bytes)).toBe("malformed_data");
  });

  it("are told to be encrypted where a part is", async () => {
    expect(await refusal(changed(() => ({ declared: { flags: 1 } })))).toBe("unrecognised_format");
  });
});

describe("XML that is not what a workbook has", () => {
  const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>`;
  const outside = `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>`;
  it.each([
    ["entities that grow", sheet(`${bomb}<worksheet><sheetData/></worksheet>`)],
    ["entities of other files", sheet(`<?xml version="1.0"?>${outside}<worksheet>&a;</worksheet>`)],
    ["a document type in the list of sheets", part("xl/workbook.xml", `${bomb}<workbook/>`)],
    ["tags that do not close", sheet("<worksheet><sheetData><row>")],
    ["tags that close out of order", sheet("<worksheet><a><b></a></b></worksheet>")],
    ["nothing", sheet("")],
    ["text", sheet("not XML at all")],
    ["two roots", sheet("<worksheet/><worksheet/>")],
    ["deep nesting", sheet(`<worksheet>${"<a>".repeat(5_000)}${"</a>".repeat(5_000)}</worksheet>`)],
    ["a text of two megabytes", sheet(`<worksheet><v>${"x".repeat(2_000_000)}</v></worksheet>`)],
    ["a tag of two megabytes", sheet(`<worksheet><v ${'a=">" '.repeat(350_000)}/></worksheet>`)],
    ["a tag that never ends", sheet(`<worksheet a="${">".repeat(900_000)}`)],
    [
      "attributes without quotes",
      sheet("<worksheet><sheetData><row><c r=A1/></row></sheetData></worksheet>"),
    ],
    ["a column past the last", sheet(`<worksheet><c r="ZZZZZ1"><v>1</v></c></worksheet>`)],
    ["a row past the last", sheet(`<worksheet><row r="1048577"/></worksheet>`)],
    ["a cell without a row", sheet("<worksheet><c><v>1</v></c></worksheet>")],
    ["a text that is not in the list", sheet(`<worksheet><row><c t="s"><v>99</v></c></row></worksheet>`)],
    [
      "merged cells of nowhere",
      sheet(`<worksheet><mergeCells><mergeCell ref="A1:B2:C3"/></mergeCells></worksheet>`),
    ],
  ])("is refused: %s", async (_, bytes) => {
    expect(await refusal(bytes)).toBe("malformed_data");
  });

  it("leaves entities that XML does not know as they stand", async () => {
    const xml = `<worksheet><sheetData><row><c t="str"><v>&nbsp;&xxe;&#xFFFFFFFF;&#0;</v></c><c t="str"><v>b</v></c></row></sheetData></worksheet>`;
    const [table] = await readWorkbook(sheet(xml));
    expect(JSON.stringify([table!.columns, rowsOf(table)])).toContain("&nbsp;&xxe;");
  });

  it("is told the same in pieces of any size", () => {
    const xml = `<?xml version="1.0"?><!-- > --><a x="1>2" y='"'><b/>t&amp;u<![CDATA[<raw>]]><c:d z=" v "></c:d></a>`;
    const told = (size: number) => {
      const events: string[] = [];
      let text = "";
      const flush = () => {
        if (text !== "") events.push(text);
        text = "";
      };
      const scanner = new XmlScanner({
        open(name, attributes) {
          flush();
          eachAttribute(attributes, (key, value) => events.push(`${key}=${value}`));
          events.push(`<${name}`);
        },
        close(name) {
          flush();
          events.push(`/${name}`);
        },
        text(piece) {
          text += piece;
        },
      });
      const bytes = new TextEncoder().encode(xml);
      for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size));
      scanner.end();
      return events;
    };
    const whole = ["x=1>2", 'y="', "<a", "<b", "/b", "t&u<raw>", "z= v ", "<d", "/d", "/a"];
    for (const size of [1, 2, 3, 7, 1_000]) expect(told(size)).toEqual(whole);
  });
});

describe("names that objects of their own have", () => {
  it("are names like others", async () => {
    const names = ["__proto__", "constructor", "toString"];
    const cells: CellOf[][] = [names, [1, 2, 3], [4, 5, 6]];
    const tables = await readWorkbook(
      workbook({ sheets: names.map((name) => ({ name, rows: cells })), sharedStrings: ["<t>__proto__</t>"] }),
    );
    expect(tables.map(({ name }) => name)).toEqual(names);
    expect(tables[0]!.columns).toEqual(["proto", "constructor", "toString"]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("are safe in sheets of other kinds too", async () => {
    for (const bookType of ["biff8", "xlsb", "ods"] as const) {
      const book = utils.book_new();
      utils.book_append_sheet(book, utils.aoa_to_sheet(rows), "constructor");
      const [table] = await readWorkbook(new Uint8Array(write(book, { type: "array", bookType })));
      expect(table).toMatchObject({ name: "constructor", rowCount: 2 });
    }
  });
});

describe("what is no workbook that can be read", () => {
  it("says that a password is in the way", async () => {
    const compound = (name: string, content: number[]) => {
      const file = CFB.utils.cfb_new();
      CFB.utils.cfb_add(file, name, content);
      return Uint8Array.from(CFB.write(file, { type: "array" }) as number[]);
    };
    const begin = [0x09, 0x08, 0x10, 0, 0, 6, 5, 0, ...new Array<number>(12).fill(0)];
    const filePass = [0x2f, 0, 6, 0, 1, 0, 1, 0, 4, 0];
    const encrypted = compound("/EncryptedPackage", [1, 2, 3]);
    const encryptedRecords = compound("/Workbook", [...begin, ...filePass, 0x0a, 0, 0, 0]);
    const zip = sheetOf(rows);
    const view = new DataView(zip.buffer, zip.byteOffset);
    for (let at = 0; at + 46 < zip.length; at++)
      if (view.getUint32(at, true) === 0x02014b50) view.setUint16(at + 8, 1, true);
    for (const bytes of [encrypted, encryptedRecords, zip]) {
      const failure = await readWorkbook(bytes).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(AppError);
      expect((failure as AppError).message).toMatch(/^unrecognised_format: .*password/);
    }
  });

  it("tells other archives and empty workbooks apart", async () => {
    expect(await refusal(zipped({ "data.csv": "a,b\n1,2\n" }))).toBe("unrecognised_format");
    expect(await refusal(zipped({ "[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>" }))).toBe(
      "unrecognised_format",
    );
    expect(await refusal(workbook({ sheets: [{}] }))).toBe("no_valid_rows");
    expect(await refusal(workbook({ sheets: [{ kind: "chartsheet", xml: "" }] }))).toBe("no_valid_rows");
  });

  it("is refused past 20 MB", async () => {
    expect(await refusal(new Uint8Array(20_000_001))).toBe("payload_too_large");
  });

  it("gives tables or a typed failure for files that are cut or have wrong bytes", async () => {
    const random = seeded(5);
    const book = utils.book_new();
    utils.book_append_sheet(
      book,
      utils.aoa_to_sheet([
        ["day", "v"],
        ["2024-01-01", 1],
        ["2024-01-02", 2],
      ]),
      "S",
    );
    const originals = (["xlsx", "biff8", "biff5", "biff2", "xlsb", "ods"] as const).map(
      (bookType) => new Uint8Array(write(book, { type: "array", bookType, compression: false })),
    );
    const codes = ["", "unrecognised_format", "malformed_data", "no_valid_rows", "payload_too_large"];
    for (const original of originals)
      for (let round = 0; round < 60; round++) {
        const bytes = original.slice(
          0,
          round % 3 === 0 ? Math.floor(random() * original.length) : original.length,
        );
        for (let i = 0; i < 1 + (round % 8) && bytes.length > 0; i++)
          bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
        expect(codes).toContain(await refusal(bytes));
      }
  });
});

describe("sheets that are more than a table", () => {
  it("keep the columns that a table may have, and say how many they leave out", async () => {
    const wide: CellOf[][] = [
      Array.from({ length: 600 }, (_, i) => `c${i}`),
      Array.from({ length: 600 }, (_, i) => i),
      Array.from({ length: 600 }, (_, i) => i),
    ];
    const [table] = await readWorkbook(sheetOf(wide));
    expect(table!.columns).toHaveLength(512);
    expect(table!.notes.join()).toContain("88 column(s)");
  });

  it("are read where every other row or cell is empty", async () => {
    const sparse: CellOf[][] = Array.from({ length: 2_400 }, (_, i) => (i % 2 === 0 ? [i, null, i] : []));
    const [table, ...others] = await readWorkbook(sheetOf(sparse));
    expect(others).toEqual([]);
    expect([table!.rowCount, table!.skipped.blank]).toEqual([1_200, 1_199]);
  });

  const letters = (column: number): string =>
    (column >= 26 ? letters(Math.floor(column / 26) - 1) : "") + String.fromCharCode(65 + (column % 26));
  /** Cells in every other column, the first filled one of each in its own row. */
  const striped = (columns: number, topOf: (column: number) => number): Uint8Array => {
    const rows = Array.from({ length: 20 }, (_, r) => {
      const filled = Array.from({ length: columns }, (_, c) => c).filter((c) => r >= topOf(c));
      const cells = filled.map((c) => `<c r="${letters(2 * c)}${r + 1}"><v>${r * c}</v></c>`);
      return `<row r="${r + 1}">${cells.join("")}</row>`;
    });
    return sheet(`<worksheet><sheetData>${rows.join("")}</sheetData></worksheet>`);
  };

  it("are read soon where thousands of gaps stand side by side", async () => {
    // When each gap looked at every cell of the sheet this took eleven seconds, now a quarter of one.
    const [table] = await readWorkbook(striped(8_000, () => 0));
    expect([table!.rowCount, table!.columns.length]).toEqual([20, 512]);
  }, 6_000);

  it("are refused where they are very many", async () => {
    expect(await refusal(striped(600, (column) => column % 7))).toBe("payload_too_large");
  });

  it("have each row once, in whatever order the cells of a sheet were written", async () => {
    const column = (name: string, values: readonly (string | number)[]) =>
      values.map((value, r) =>
        typeof value === "number"
          ? `<row r="${r + 1}"><c r="${name}${r + 1}"><v>${value}</v></c></row>`
          : `<row r="${r + 1}"><c r="${name}${r + 1}" t="str"><v>${value}</v></c></row>`,
      );
    const columns = [...column("B", ["b", 3, 4]), ...column("A", ["a", 1, 2])];
    const [table] = await readWorkbook(
      sheet(`<worksheet><sheetData>${columns.join("")}</sheetData></worksheet>`),
    );
    expect(table!.columns).toEqual(["a", "b"]);
    expect([...table!.rows]).toEqual([
      { row: 2, cells: [1, 3] },
      { row: 3, cells: [2, 4] },
    ]);
    expect(table!.skipped.blank).toBe(0);
  });
});
