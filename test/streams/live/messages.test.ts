import { describe, expect, it } from "vitest";
import { unwrap } from "../../../src/core/result";
import { readMessage, readReadings } from "../../../src/streams/live/messages";

const codeOf = (result: { ok: boolean; failure?: { code: string } }) =>
  result.ok ? null : result.failure!.code;
const read = (value: unknown) => readMessage(JSON.stringify(value));

describe("a message of a client", () => {
  it("is readings as a list, as one record, or with an id", () => {
    expect(unwrap(read([{ v: 1 }]))).toEqual({ type: "points", id: null, body: [{ v: 1 }] });
    expect(unwrap(read({ v: 1 }))).toEqual({ type: "points", id: null, body: { v: 1 } });
    expect(unwrap(read({ type: "sensor", v: 1 }))).toMatchObject({
      type: "points",
      body: { type: "sensor" },
    });
    expect(unwrap(read({ type: "points", id: "a", points: [] }))).toEqual({
      type: "points",
      id: "a",
      body: [],
    });
  });

  it("is refused with its reason where it cannot be read", () => {
    expect(codeOf(readMessage("{"))).toBe("invalid_json");
    expect(codeOf(readMessage(new ArrayBuffer(2)))).toBe("invalid_request");
    expect(codeOf(readMessage(`"${"x".repeat(1_000_000)}"`))).toBe("payload_too_large");
    expect(codeOf(read({ type: "ack", seq: -1 }))).toBe("invalid_request");
    expect(codeOf(read({ type: "renew" }))).toBe("invalid_request");
  });
});

describe("readings", () => {
  it("are rows as POST /points reads them, the bad ones listed", () => {
    const { frame, rejected, errors } = unwrap(readReadings([{ v: 1, room: "a" }, 42, { v: "2" }]));
    expect(frame.times).toHaveLength(2);
    expect(frame.tagSets[0]).toEqual({ room: "a" });
    expect({ rejected, errors }).toEqual({
      rejected: 1,
      errors: [{ row: 2, reason: "the row is not an object" }],
    });
  });

  it("are refused whole where none is good or they do not fit one frame", () => {
    expect(codeOf(readReadings([]))).toBe("no_valid_rows");
    expect(codeOf(readReadings(42))).toBe("invalid_request");
    expect(codeOf(readReadings(Array.from({ length: 5_001 }, () => ({ v: 1 }))))).toBe("payload_too_large");
  });
});
