import { deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { decodeTexts, encodeTexts, MAX_TEXT_BYTES, type TextRow } from "../../../src/streams/block/texts";

describe("a text chunk", () => {
  test("gives its rows back", () => {
    const rows: TextRow[] = [
      { timeMicros: -5, ordinal: 0, values: { state: "on" } },
      { timeMicros: -5, ordinal: 1, values: { state: "", note: 'Grüße, "日本" \u0000 🚀' } },
      { timeMicros: 1_700_000_000_123_456, ordinal: 0, values: {} },
      { timeMicros: 2 ** 53 - 1, ordinal: 4_000_000_000, values: JSON.parse('{"__proto__": "own"}') },
    ];
    const decoded = decodeTexts(encodeTexts(rows));
    expect(decoded).toEqual(rows);
    expect(Object.keys(decoded[3]!.values)).toEqual(["__proto__"]);
    expect(decodeTexts(encodeTexts([]))).toEqual([]);
  });

  test("is small where texts repeat", () => {
    const rows = Array.from({ length: 5000 }, (_, i) => ({
      timeMicros: 1_700_000_000_000_000 + i * 1_000_000,
      ordinal: 0,
      values: { state: i % 7 === 0 ? "error" : "running" },
    }));
    expect(encodeTexts(rows).length).toBeLessThan(5000);
    expect(decodeTexts(encodeTexts(rows))).toEqual(rows);
  });

  test("throws where it would inflate past the limit, is cut or is no deflate", () => {
    expect(() => decodeTexts(deflateRawSync(new Uint8Array(MAX_TEXT_BYTES + 1)))).toThrow();
    const bytes = encodeTexts([{ timeMicros: 0, ordinal: 0, values: { state: "on" } }]);
    expect(() => decodeTexts(bytes.subarray(0, bytes.length - 4))).toThrow();
    expect(() => decodeTexts(Uint8Array.of(255, 255, 255))).toThrow();
    const long = [{ timeMicros: 0, ordinal: 0, values: { text: "x".repeat(MAX_TEXT_BYTES) } }];
    expect(() => encodeTexts(long)).toThrow("bytes");
  });
});
