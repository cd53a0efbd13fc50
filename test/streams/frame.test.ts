import { describe, expect, it } from "vitest";
import { decodeFrame, encodeFrame } from "../../src/streams/frame";
import { FrameBuilder } from "../../src/streams/frame-builder";
import { OrdinalCounter } from "../../src/streams/ordinals";
import { csvRows } from "../../src/streams/protocols/csv";
import { parseRecord } from "../../src/streams/protocols/row";

describe("a column frame", () => {
  it("comes back as it was, absent values and texts included", () => {
    const builder = new FrameBuilder();
    builder.add({ timestamp: 5, fields: { a: 0.1 }, tags: { x: "é" }, attributes: { note: "n" } });
    builder.add({ timestamp: 5, fields: { a: 2, b: -3 }, tags: { x: "é" } });
    builder.add({ timestamp: null, fields: { b: 4 }, tags: {} });
    const frame = builder.take();
    const bytes = encodeFrame(frame);
    expect(decodeFrame(bytes)).toEqual(frame);
    expect(frame.fields[0]!.ordinals).toEqual(new Uint32Array([0, 1, 0]));
    expect(decodeFrame(bytes.slice(0, -1))).toBeNull();
  });

  it("names the reason of a row that it does not take", () => {
    const builder = new FrameBuilder();
    expect(builder.add({ timestamp: 0, fields: {}, tags: {} })).toBe(
      "the row has neither a number nor a text",
    );
    expect(builder.add({ timestamp: 0, fields: { a: Number.NaN }, tags: {} })).toContain("finite");
    expect(builder.length).toBe(0);
  });
});

describe("ordinals", () => {
  it("count the points of a series at a time like a plain count, in any order and with changing fields", () => {
    const counter = new OrdinalCounter();
    const plain = new Map<string, number>();
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let i = 0; i < 5_000; i++) {
      const fields = [["a"], ["a", "b"], ["b", "c"]][random(i < 50 ? 1 : 3)]!;
      const time = i < 300 ? -(i >> 1) : random(400) - 200;
      const expected = fields.map((field) => plain.get(`${field}/${time}`) ?? 0);
      for (const field of fields) plain.set(`${field}/${time}`, (plain.get(`${field}/${time}`) ?? 0) + 1);
      expect(counter.next("{}", fields, time) ?? fields.map(() => 0)).toEqual(expected);
    }
  });
});

describe("rows", () => {
  it("are told apart into fields, tags and attributes", () => {
    const parsed = parseRecord(1, {
      ts: 0,
      price: "23.51",
      device_id: "42",
      ok: true,
      pos: { x: 1 },
      city: "Bern",
      gone: null,
    });
    expect(parsed).toMatchObject({
      point: {
        timestamp: 0,
        fields: { price: 23.51, ok: 1, "pos.x": 1 },
        tags: { device_id: "42", city: "Bern" },
      },
    });
  });

  it("of CSV survive any cut of the text, quotes and line ends inside", async () => {
    const text = 'time,name,v\n1,"a\n""b""",2\r\n2,c,3';
    const read = async (size: number) => {
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
        text.slice(i * size, i * size + size),
      );
      const rows = [];
      for await (const row of csvRows(pieces)) rows.push(row);
      return rows;
    };
    const whole = await read(1_000);
    expect(whole).toHaveLength(2);
    for (let size = 1; size < 12; size++) expect(await read(size)).toEqual(whole);
  });
});
