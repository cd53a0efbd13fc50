import { describe, expect, it } from "vitest";
import { TextSurveyor } from "../../src/core/text-survey";
import type { TablePlan } from "../../src/extraction/contract";
import { sorted } from "../../src/extraction/formats/source-table";
import type { JobRequest } from "../../src/extraction/intake";
import { openRows, streamedText } from "../../src/extraction/understand-head";
import { textOf, type Upload } from "../../src/extraction/upload";

const PIECE_BYTES = 65_536;
const REQUEST = { plan: null, filename: null, contentType: null } as JobRequest;
/** What a plan says of markup is nothing: its layout follows from the head. */
const PLAN = {} as TablePlan;

function uploadOf(text: string): Upload {
  const bytes = new TextEncoder().encode(text);
  const surveyor = new TextSurveyor();
  surveyor.see(bytes);
  async function* open() {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
  }
  return { bytes: bytes.length, survey: surveyor.end(), open };
}

describe("the head of a text that is read piece by piece", () => {
  it("is that of markup without lines, all of whose records are read", async () => {
    const record = (i: number) => `<r><day>2024-01-${10 + (i % 20)}</day><temp>${i % 50}</temp></r>`;
    const rows = 100_000;
    const upload = uploadOf(`<all>${Array.from({ length: rows }, (_, i) => record(i)).join("")}</all>`);
    const text = await streamedText(upload, REQUEST);
    expect(text?.format).toBe("text");
    const reader = openRows(text!, PLAN);
    let read = 0;
    for await (const { text: piece } of textOf(upload, text!.encoding))
      read += sorted(reader.push(piece)).rows.length;
    read += sorted(reader.end()).rows.length;
    expect(read).toBe(rows);
  });

  it("is none of a line without an end, which is refused where it is too large to be held", async () => {
    const held = uploadOf("x y ".repeat(4_500_000));
    expect(await streamedText(held, REQUEST)).toBeNull();
    const larger = uploadOf("x y ".repeat(5_100_000));
    await expect(streamedText(larger, REQUEST)).rejects.toMatchObject({
      failure: { code: "payload_too_large", detail: expect.stringContaining("first 3 lines") },
    });
  });
});
