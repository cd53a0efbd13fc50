import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { concat, utf8 } from "../../src/core/bytes";
import { AppError } from "../../src/core/errors";
import { UNPACK_LIMITS, unpack } from "../../src/extraction/unpack";
import { gunzipStream } from "../../src/platform/gzip";
import { type ZipPart, zipOf } from "./support-zip";

function codeOf(bytes: Uint8Array): string {
  try {
    unpack(bytes, "x.zip");
    return "unpacked";
  } catch (error) {
    if (error instanceof AppError) return error.failure.code;
    throw error;
  }
}

async function streamCode(bytes: Uint8Array, maxBytes = 1_000): Promise<string> {
  async function* source() {
    yield bytes;
  }
  try {
    for await (const _ of gunzipStream(source(), maxBytes));
    return "unpacked";
  } catch (error) {
    if (error instanceof AppError) return error.failure.code;
    throw error;
  }
}

const CSV = "time,value\n2025-01-01,1\n";
const gz = (text: string) => Uint8Array.from(gzipSync(text));
const zeros = (bytes: number) => new Uint8Array(bytes);
const changed = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, i) => (i === (at < 0 ? bytes.length + at : at) ? byte ^ 1 : byte));

describe("a bomb", () => {
  it.each([
    ["of one gzip member", gzipSync(zeros(UNPACK_LIMITS.fileBytes + 1))],
    ["of many gzip members", concat(Array.from({ length: 21 }, () => gzipSync(zeros(1_000_000))))],
    ["of one file", zipOf([{ name: "a", content: zeros(UNPACK_LIMITS.fileBytes + 1) }])],
    ["of several files", zipOf(["a", "b", "c"].map((name) => ({ name, content: zeros(15_000_000) })))],
    ["in an archive", zipOf([{ name: "a.gz", content: gzipSync(zeros(UNPACK_LIMITS.fileBytes + 1)) }])],
    [
      "of archives that each keep to the limits",
      zipOf(["a", "b", "c"].map((name) => ({ name, content: gzipSync(zeros(15_000_000)) }))),
    ],
    [
      "of a packed size that is too large itself",
      concat([utf8("PK\x03\x04"), zeros(UNPACK_LIMITS.packedBytes)]),
    ],
    ["of many files", zipOf(Array.from({ length: 101 }, (_, i) => ({ name: `${i}`, content: "" })))],
    [
      "of many files in several archives",
      zipOf(
        ["a", "b", "c"].map((name) => ({
          name,
          content: zipOf(Array.from({ length: 40 }, (_, i) => ({ name: `${i}`, content: "1" }))),
        })),
      ),
    ],
  ])("%s is too large", (_, bytes) => {
    expect(codeOf(bytes)).toBe("payload_too_large");
  });

  it("that declares little is stopped where it says that it ends", () => {
    const lie = (bytes: number): ZipPart => ({ name: "a", content: zeros(30_000_000), declared: { bytes } });
    expect(codeOf(zipOf([lie(10)]))).toBe("malformed_data");
    expect(codeOf(zipOf([lie(0)]))).toBe("malformed_data");
  });

  it("of entries that share their bytes is damaged", () => {
    const first = { name: "a", content: zeros(1_000_000) };
    const again = (name: string) => ({ name, content: "", declared: { bytes: 1_000_000, header: 0 } });
    expect(codeOf(zipOf([first, again("b"), again("c")]))).toBe("malformed_data");
  });

  it("that comes in pieces is stopped at the limit", async () => {
    expect(await streamCode(gzipSync(zeros(50_000_000)), 100_000)).toBe("payload_too_large");
  });

  it("of archives in archives ends at the second", () => {
    let bytes = zipOf([{ name: "a.csv", content: CSV }]);
    for (let depth = 0; depth < 20; depth++) bytes = zipOf([{ name: "in.zip", content: bytes }]);
    expect(codeOf(bytes)).toBe("malformed_data");
    let gzipped = gz(CSV);
    for (let depth = 0; depth < 20; depth++) gzipped = Uint8Array.from(gzipSync(gzipped));
    expect(codeOf(gzipped)).toBe("malformed_data");
  });
});

describe("a damaged archive", () => {
  const archive = zipOf([{ name: "a.csv", content: CSV }]);

  it.each([
    ["gzip data with a wrong checksum", changed(gz(CSV), -6)],
    ["gzip data with a wrong length", changed(gz(CSV), -2)],
    ["gzip data that are cut off", gz(CSV).subarray(0, -5)],
    ["a gzip header alone", gz(CSV).subarray(0, 10)],
    ["two bytes of gzip", gz(CSV).subarray(0, 2)],
    ["gzip data with something behind them", concat([gz(CSV), utf8("behind")])],
    ["gzip data with half a member behind them", concat([gz(CSV), gz(CSV).subarray(0, 15)])],
  ])("is told: %s", async (_, bytes) => {
    expect(codeOf(bytes)).toBe("malformed_data");
    expect(await streamCode(bytes)).toBe("malformed_data");
  });

  it.each([
    [
      "a ZIP archive that counts too few",
      zipOf(
        [
          { name: "a", content: "1" },
          { name: "b", content: "2" },
        ],
        { count: 1 },
      ),
    ],
    ["a ZIP archive that counts too many", zipOf([{ name: "a", content: "1" }], { count: 3 })],
    [
      "a ZIP archive that names data outside",
      zipOf([{ name: "a", content: "1", declared: { header: 9_999 } }]),
    ],
    ["a ZIP archive with bytes behind its end", concat([archive, utf8("behind")])],
    [
      "a ZIP archive of which every file is encrypted",
      zipOf([{ name: "a", content: "1", declared: { flags: 1 } }]),
    ],
  ])("is told: %s", (_, bytes) => {
    expect(codeOf(bytes)).toBe("malformed_data");
  });

  it("is told wherever it is cut off", () => {
    for (let length = 2; length < archive.length; length++)
      expect(codeOf(archive.subarray(0, length)), String(length)).toBe("malformed_data");
  });

  it("with any one bit changed is unpacked or told", () => {
    const two = zipOf(
      [
        { name: "a.csv", content: CSV },
        { name: "b.csv", content: CSV, stored: true },
      ],
      { wide: true },
    );
    for (const bytes of [two, gz(CSV)])
      for (let bit = 16; bit < bytes.length * 8; bit++) {
        const spoilt = Uint8Array.from(bytes);
        spoilt[bit >> 3]! ^= 1 << (bit & 7);
        expect(["unpacked", "malformed_data", "payload_too_large"], String(bit)).toContain(codeOf(spoilt));
      }
  });
});

it("an archive without files has no rows", () => {
  expect(codeOf(zipOf([]))).toBe("no_valid_rows");
  expect(codeOf(zipOf([{ name: "folder/", content: "", stored: true }]))).toBe("no_valid_rows");
});
