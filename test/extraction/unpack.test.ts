import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { concat, fromUtf8, utf8 } from "../../src/core/bytes";
import { AppError } from "../../src/core/errors";
import { isArchive, unpack } from "../../src/extraction/unpack";
import { packageKind } from "../../src/extraction/zip/package-kind";
import { gunzipStream } from "../../src/platform/gzip";
import { type ZipPart, zipOf } from "./support-zip";

const CSV = "time,value\n2025-01-01,1\n2025-01-02,2\n";
const contents = (bytes: Uint8Array, name = "data.zip") =>
  Object.fromEntries(unpack(bytes, name).files.map((file) => [file.name, fromUtf8(file.bytes)]));

/** gzip with a name in its header, as the command line tool writes it. */
function gzipNamed(text: string, name: string): Uint8Array {
  const plain = Uint8Array.from(gzipSync(utf8(text)));
  plain[3] = 8;
  return concat([plain.subarray(0, 10), utf8(`${name}\0`), plain.subarray(10)]);
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function streamed(bytes: Uint8Array, size: number, maxBytes = 1_000_000): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of gunzipStream(pieces(bytes, size), maxBytes)) parts.push(part);
  return fromUtf8(concat(parts));
}

describe("a gzip file", () => {
  it("holds one file, named by its header or by its own name", () => {
    expect(contents(gzipSync(CSV), "folder/readings.csv.gz")).toEqual({ "readings.csv": CSV });
    expect(contents(gzipNamed(CSV, "inside.csv"), "x.gz")).toEqual({ "inside.csv": CSV });
    expect(contents(gzipNamed(CSV, "../../etc/passwd"), "x.gz")).toEqual({ passwd: CSV });
    expect(contents(gzipSync(CSV), "")).toEqual({ data: CSV });
  });

  it("of several members is read to its last, whole and in pieces of any size", async () => {
    const members = concat([gzipSync("a,b\n"), gzipSync("1,2\n"), gzipSync(""), gzipSync("3,4\n")]);
    expect(contents(members, "m.csv.gz")).toEqual({ "m.csv": "a,b\n1,2\n3,4\n" });
    for (const size of [1, 7, 64, 10_000]) expect(await streamed(members, size)).toBe("a,b\n1,2\n3,4\n");
  });

  it("may be padded with zeros", async () => {
    const padded = concat([gzipSync(CSV), new Uint8Array(512)]);
    expect(contents(padded, "p.csv.gz")).toEqual({ "p.csv": CSV });
    expect(await streamed(padded, 100)).toBe(CSV);
  });

  it("hands on the error of what it is read from", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield gzipSync(CSV).subarray(0, 12);
      throw new Error("the line is dead");
    }
    const read = async () => {
      for await (const _ of gunzipStream(broken(), 1_000));
    };
    await expect(read()).rejects.toThrow("the line is dead");
  });
});

describe("a ZIP archive", () => {
  it("gives its files by their paths, deflated, stored and empty ones", () => {
    const archive = zipOf([
      { name: "a.csv", content: CSV },
      { name: "year/may.csv", content: "x\n1\n", stored: true },
      { name: "year/", content: "", stored: true },
      { name: "none.csv", content: "" },
    ]);
    expect(contents(archive)).toEqual({ "a.csv": CSV, "year/may.csv": "x\n1\n", "none.csv": "" });
  });

  it("is read in Zip64, behind a program that unpacks it, and before a comment", () => {
    const parts = [{ name: "a.csv", content: CSV }];
    expect(contents(zipOf(parts, { wide: true }))).toEqual({ "a.csv": CSV });
    expect(contents(zipOf(parts, { comment: "made by hand PK\x05\x06" }))).toEqual({ "a.csv": CSV });
    expect(contents(zipOf(parts, { prefix: utf8("#!/bin/sh\n") }))).toEqual({ "a.csv": CSV });
  });

  it("keeps two files of one path apart", () => {
    const twice = zipOf([
      { name: "a.csv", content: "1" },
      { name: "a.csv", content: "2" },
      { name: "./a.csv", content: "3" },
    ]);
    expect(contents(twice)).toEqual({ "a.csv": "1", "a (2).csv": "2", "a (3).csv": "3" });
  });

  it("takes names that are not UTF-8, and none that hides what it is", () => {
    const archive = zipOf([
      { name: Uint8Array.of(0xfc, 0x2e, 0x63, 0x73, 0x76), content: "1" },
      { name: "a\u202ecsv.exe\0\n", content: "2" },
    ]);
    expect(Object.keys(contents(archive))).toEqual(["ü.csv", "a\ufffdcsv.exe\ufffd\ufffd"]);
  });

  it("gives the files of an archive in it, under its path", () => {
    const inner = zipOf([{ name: "may.csv", content: CSV }]);
    const archive = zipOf([
      { name: "2024.zip", content: inner },
      { name: "june.csv.gz", content: gzipSync("x\n1\n") },
    ]);
    expect(contents(archive)).toEqual({ "2024.zip/may.csv": CSV, "june.csv.gz/june.csv": "x\n1\n" });
    expect(contents(gzipSync(inner), "2024.zip.gz")).toEqual({ "2024.zip/may.csv": CSV });
  });
});

describe("what is left out of an archive", () => {
  const notesOf = (...parts: Parameters<typeof zipOf>[0]) => {
    const { files, notes } = unpack(zipOf([{ name: "good.csv", content: CSV }, ...parts]), "x.zip");
    expect(files.map(({ name }) => name)).toEqual(["good.csv"]);
    return notes.join("\n");
  };

  it.each<[string, ...ZipPart[]]>([
    ["leads out of the archive", { name: "../up.csv", content: "1" }],
    ["leads out of the archive", { name: "a/../../up.csv", content: "1" }],
    ["leads out of the archive", { name: "/etc/passwd", content: "1" }],
    ["leads out of the archive", { name: "C:\\data\\a.csv", content: "1" }],
    ["leads out of the archive", { name: "..\\up.csv", content: "1" }],
    ["is a link", { name: "link", content: "/etc/passwd", declared: { attributes: 0xa1ff0000 } }],
    ["is encrypted", { name: "secret.csv", content: "1", declared: { flags: 0x801 } }],
    ["is packed by Zstandard", { name: "z.csv", content: "1", declared: { method: 93 } }],
    ["is packed by method 77", { name: "z.csv", content: "1", declared: { method: 77 } }],
    ["checksum is wrong", { name: "bad.csv", content: "1", declared: { crc32: 1 } }],
    ["not as large as it declares", { name: "more.csv", content: "1", declared: { bytes: 2 } }],
    ["not as large as it declares", { name: "more.csv", content: "1", stored: true, declared: { bytes: 2 } }],
    ["is damaged", { name: "less.csv", content: "x".repeat(9_999), declared: { bytes: 10 } }],
    ["is damaged", { name: "tail.csv", content: "1", tail: Uint8Array.of(1, 2, 3) }],
    ["is a damaged archive", { name: "in.zip", content: "PK\x03\x04 and no more" }],
    ["is a damaged archive", { name: "in.gz", content: gzipSync(CSV).subarray(0, 20) }],
    [
      "2 file(s) that a system put",
      { name: "__MACOSX/._a", content: "1" },
      { name: ".DS_Store", content: "1" },
    ],
  ])("is told, and costs the others nothing: %s", (reason, ...parts) => {
    expect(notesOf(...parts)).toContain(reason);
  });
});

/** A tar archive as POSIX has it; `type` "2" is a symbolic link. */
function tarOf(parts: readonly { name: string; content: string; type?: string }[]): Uint8Array {
  const blocks = parts.flatMap(({ name, content, type = "0" }) => {
    const header = new Uint8Array(512);
    const put = (at: number, text: string) => header.set(utf8(text), at);
    const body = utf8(content);
    put(0, name.slice(0, 100));
    put(124, `${body.length.toString(8).padStart(11, "0")}\0`);
    put(148, "        ");
    put(156, type);
    put(257, "ustar\x0000");
    const sum = header.reduce((total, byte) => total + byte, 0);
    put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
    return [header, body, new Uint8Array((512 - (body.length % 512)) % 512)];
  });
  return concat([...blocks, new Uint8Array(1_024)]);
}

describe("a tar archive", () => {
  const long = `${"folder/".repeat(20)}may.csv`;
  const archive = tarOf([
    { name: "folder/", content: "", type: "5" },
    { name: "folder/a.csv", content: CSV },
    { name: "././@LongLink", content: `${long}\0`, type: "L" },
    { name: "cut short", content: "x\n1\n" },
    { name: "pax", content: `${long.length + 10} path=${long}2\n`, type: "x" },
    { name: "cut short too", content: "x\n2\n" },
  ]);

  it("gives its files, with the long names of GNU and pax, also packed by gzip", () => {
    const files = { "folder/a.csv": CSV, [long]: "x\n1\n", [`${long}2`]: "x\n2\n" };
    expect(contents(archive, "a.tar")).toEqual(files);
    expect(contents(gzipSync(archive), "a.tar.gz")).toEqual(files);
    expect(contents(gzipSync(archive), "a.tgz")).toEqual(files);
  });

  it("leaves out links and paths out of it", () => {
    const parts = [
      { name: "a.csv", content: CSV },
      { name: "l", content: "", type: "2" },
      { name: "../up.csv", content: "1" },
    ];
    const { files, notes } = unpack(tarOf(parts), "a.tar");
    expect(files.map(({ name }) => name)).toEqual(["a.csv"]);
    expect(notes.join("\n")).toMatch(/"l" is a link.*\n.*leads out/);
  });

  it("is damaged where it is cut off or a bit of a header is changed", () => {
    const codeOf = (bytes: Uint8Array) => {
      try {
        unpack(bytes, "a.tar");
        return "unpacked";
      } catch (error) {
        return error instanceof AppError ? error.failure.code : String(error);
      }
    };
    expect(codeOf(archive.subarray(0, 1_030))).toBe("malformed_data");
    // Its first bytes to its checksum, that aside.
    for (let at = 512; at < 512 + 148; at++)
      expect(codeOf(archive.map((byte, i) => (i === at ? byte ^ 1 : byte))), String(at)).toBe(
        "malformed_data",
      );
  });
});

describe("a document that is a ZIP", () => {
  const withParts = (...names: string[]) => zipOf(names.map((name) => ({ name, content: "<x/>" })));
  const openDocument = (type: string) =>
    zipOf([
      { name: "mimetype", content: `application/vnd.oasis.opendocument.${type}`, stored: true },
      { name: "META-INF/manifest.xml", content: "<x/>" },
    ]);

  it("is told from an archive of files by its parts", () => {
    const workbook = withParts(
      "[Content_Types].xml",
      "_rels/.rels",
      "xl/workbook.xml",
      "xl/worksheets/sheet1.xml",
    );
    expect(packageKind(workbook)).toBe("xlsx");
    expect(packageKind(withParts("\\[Content_Types].xml", "\\xl\\Workbook2.xml"))).toBe("xlsx");
    expect(packageKind(withParts("[Content_Types].xml", "xl/workbook.bin"))).toBe("xlsb");
    expect(packageKind(openDocument("spreadsheet"))).toBe("ods");
    expect(packageKind(openDocument("spreadsheet-template"))).toBe("ods");
    expect(packageKind(withParts("mimetype", "content.xml"))).toBe("ods");
    expect(packageKind(openDocument("text"))).toBe("document");
    expect(packageKind(withParts("[Content_Types].xml", "word/document.xml"))).toBe("document");
    expect(packageKind(withParts("META-INF/MANIFEST.MF", "a.class"))).toBe("document");
    expect(packageKind(withParts("xl/notes.csv", "word.csv"))).toBeNull();
    expect(packageKind(withParts("reports/workbook.xml", "data.csv"))).toBeNull();
    expect([isArchive(workbook), isArchive(withParts("a.csv"))]).toEqual([false, true]);
  });

  it("stays one file of an archive", () => {
    const workbook = withParts("[Content_Types].xml", "xl/workbook.xml");
    const { files } = unpack(zipOf([{ name: "book.xlsx", content: workbook }]), "x.zip");
    expect(files.map(({ name }) => name)).toEqual(["book.xlsx"]);
    expect(unpack(gzipSync(workbook), "book.xlsx.gz").files.map(({ name }) => name)).toEqual(["book.xlsx"]);
  });
});
