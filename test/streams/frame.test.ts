import { describe, expect, it } from "vitest";
import { keysOf } from "../../src/streams/engine/frame-keys";
import { decodeFrame, encodeFrame, type Frame } from "../../src/streams/frame";
import { FrameBuilder } from "../../src/streams/frame-builder";
import { OrdinalCounter } from "../../src/streams/ordinals";
import { tagSetKey } from "../../src/streams/point";
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

  it("of the tag sets of an earlier one comes back as it was, and so does one of nearly the same", () => {
    const tags = Array.from({ length: 40 }, (_, i) => ({ host: `host-${i}`, zone: "é" }));
    const frameOf = (tagSets: Record<string, string>[], field: string): Frame => ({
      times: Float64Array.from(tagSets, (_, i) => i),
      tagSets,
      tagSetOf: Uint32Array.from(tagSets, (_, i) => i),
      fields: [{ name: field, values: Float64Array.from(tagSets, (_, i) => i / 4), ordinals: null }],
      attributes: [],
    });
    const other = { host: "host-7", zone: "e" };
    const frames = [
      frameOf(tags, "a"),
      frameOf([...tags], "a"),
      frameOf(tags, "b"),
      frameOf(tags.slice(0, 39), "a"),
      frameOf(tags.with(7, other), "a"),
      frameOf([...tags].reverse(), "a"),
      { ...frameOf(tags, "a"), attributes: [{ row: 39, values: { note: "n" } }] },
      { ...frameOf(tags.slice(0, 30), "a"), attributes: [{ row: 29, values: { note: "n" } }] },
    ];
    for (const frame of [...frames, ...frames]) {
      const bytes = encodeFrame(frame);
      const back = decodeFrame(bytes)!;
      expect(back).toEqual(frame);
      expect(keysOf(back)).toEqual(frame.tagSets.map(tagSetKey));
      // The tenth tag set, in bytes that no sample of them must hold.
      const at = Buffer.from(bytes).indexOf("host-9");
      const changed = bytes.with(at + 5, 120);
      expect(decodeFrame(changed)!.tagSets.map(({ host }) => host)).toEqual(
        frame.tagSets.map(({ host }) => (host === "host-9" ? "host-x" : host)),
      );
    }
  });

  it("gives back every double bit for bit, in few bytes where the numbers are short", () => {
    const hard = [
      0,
      -0,
      5e-324,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      0.1 + 0.2,
      2 ** 53,
      -(2 ** 53) - 2,
      1e22,
      1 / 3,
    ];
    const columns = [
      hard,
      hard.map((_, i) => i / 100 - 7.25),
      hard.map(() => -0),
      hard.map((_, i) => (i % 2 ? -0 : 0)),
      hard.map((_, i) => (i % 3 ? 1e9 * i + 0.125 : Number.NaN)),
      hard.map(() => Number.NaN),
      hard.map((_, i) => 2 ** 52 + i),
      hard.map((_, i) => i * 4e9),
    ].map((values) => Float64Array.from(values));
    const frame: Frame = {
      times: Float64Array.from(hard, (_, i) => 1_767_225_600_000_000 + i * i * 1_000 + (i === 4 ? 1 : 0)),
      tagSets: [{}, { __proto__: null, a: "b" } as unknown as Record<string, string>],
      tagSetOf: Uint32Array.from(hard, (_, i) => i % 2),
      fields: columns.map((values, i) => ({
        name: `f${i}`,
        values,
        ordinals: i === 0 ? Uint32Array.from(hard, (_, row) => row * 70_000) : null,
      })),
      attributes: [],
    };
    const back = decodeFrame(encodeFrame(frame))!;
    const bits = (values: Float64Array) => [...new BigUint64Array(values.slice().buffer)];
    expect(bits(back.times)).toEqual(bits(frame.times));
    back.fields.forEach(({ values, ordinals }, i) => {
      expect(bits(values), `column ${i}`).toEqual(bits(columns[i]!));
      expect(ordinals).toEqual(frame.fields[i]!.ordinals);
    });
  });

  it("has about three bytes a reading of two decimals", () => {
    const builder = new FrameBuilder();
    for (let i = 0; i < 1_000; i++) {
      const cpu = Math.round(5_000 + 4_000 * Math.sin(i / 100)) / 100;
      builder.add({
        timestamp: (1_767_225_600 + i) * 1e6,
        fields: { cpu },
        tags: { host: `host-${i % 10}` },
      });
    }
    const frame = builder.take();
    expect(encodeFrame(frame).length).toBeLessThan(3_500);
    frame.times.forEach((_, i) => {
      frame.times[i]! += (i * 7_919) % 997;
    });
    expect(encodeFrame(frame).length).toBeLessThan(8_000);
  });

  it("that is damaged is null or another frame, and never throws or asks for much memory", () => {
    const builder = new FrameBuilder();
    for (let i = 0; i < 40; i++)
      builder.add({ timestamp: i * i, fields: i % 3 ? { a: i / 8 } : { b: i }, tags: { x: `é${i % 4}` } });
    const bytes = encodeFrame(builder.take());
    for (let end = 0; end < bytes.length; end++) expect(decodeFrame(bytes.subarray(0, end))).toBeNull();
    expect(decodeFrame(new Uint8Array([...bytes, 0]))).toBeNull();
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0, 1, 0x7f, 0xff]) {
        const damaged = bytes.slice();
        damaged[at] = value;
        const frame = decodeFrame(damaged);
        if (at < 8 && value !== bytes[at]) expect(frame).toBeNull();
        for (const row of frame?.tagSetOf ?? []) expect(frame!.tagSets[row]).toBeDefined();
      }
    }
    const huge = bytes.slice();
    new DataView(huge.buffer).setUint32(8, 0xffff_ffff, true);
    expect(decodeFrame(huge)).toBeNull();
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
});
