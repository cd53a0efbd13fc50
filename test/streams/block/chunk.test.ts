import { describe, expect, test } from "vitest";
import { equalBytes, hex } from "../../../src/core/bytes";
import {
  decodeChunk,
  decodeChunkInto,
  encodeChunk,
  MAX_CHUNK_POINTS,
} from "../../../src/streams/block/chunk";
import { bitsOf, ordinalsOf, randomFrom, TIMES, VALUES } from "./series";

const SIZES = [1, 2, 3, 31, 32, 127, 128, 129, 130, 257, 1000, MAX_CHUNK_POINTS];

function expectRoundTrip(
  times: Float64Array,
  columns: Float64Array[],
  ordinals: Uint32Array | null,
  title: string,
) {
  const chunk = decodeChunk(encodeChunk(times, columns, ordinals, 0, times.length), columns.length);
  expect(equalBytes(bitsOf(chunk.times), bitsOf(times)), `times of ${title}`).toBe(true);
  columns.forEach((column, i) => {
    expect(equalBytes(bitsOf(chunk.columns[i]!), bitsOf(column)), `column ${i} of ${title}`).toBe(true);
  });
  if (ordinals?.some((ordinal) => ordinal > 0)) expect(chunk.ordinals).toEqual(ordinals);
  else expect(chunk.ordinals).toBeNull();
}

describe("a chunk gives back every bit", () => {
  for (const [name, values] of Object.entries(VALUES))
    test(`of values: ${name}`, () => {
      const random = randomFrom(name.length);
      for (const size of SIZES) {
        const times = TIMES.regular!(random, size);
        expectRoundTrip(times, [values(random, size)], null, `${size} points`);
      }
    });

  for (const [name, times] of Object.entries(TIMES))
    test(`of times: ${name}`, () => {
      const random = randomFrom(name.length);
      for (const size of SIZES) {
        const series = times(random, size);
        const values = VALUES["a walk of decimals"]!(random, size);
        expectRoundTrip(series, [values], ordinalsOf(series), `${size} points`);
      }
    });

  test("of any size, times, values and number of columns", () => {
    for (let seed = 0; seed < 400; seed++) {
      const random = randomFrom(seed);
      const any = <T>(makers: Record<string, T>): T => {
        const all = Object.values(makers);
        return all[Math.floor(random() * all.length)]!;
      };
      const size = 1 + Math.floor(2 ** (random() * 11));
      const times = any(TIMES)(random, size);
      const columns = Array.from({ length: 1 + Math.floor(random() * 6) }, () => any(VALUES)(random, size));
      if (columns.length > 2) columns[2] = columns[random() < 0.5 ? 0 : 1]!;
      expectRoundTrip(times, columns, random() < 0.5 ? ordinalsOf(times) : null, `seed ${seed}`);
    }
  });
});

describe("a chunk of which less is wanted", () => {
  for (const [name, values] of Object.entries(VALUES))
    test(`gives back the first values, and all times: ${name}`, () => {
      const random = randomFrom(name.length);
      for (const size of SIZES) {
        const times = TIMES.jittered!(random, size);
        const column = values(random, size);
        const bytes = encodeChunk(times, [column], null, 0, size);
        for (const wanted of new Set([1, Math.ceil(size / 3), Math.min(size, 129), size - 1, size])) {
          const chunk = decodeChunk(bytes, 1, (known, count) => {
            expect(equalBytes(bitsOf(known.subarray(0, count)), bitsOf(times))).toBe(true);
            return wanted;
          });
          const first = bitsOf(chunk.columns[0]!.subarray(0, wanted));
          expect(equalBytes(first, bitsOf(column.subarray(0, wanted))), `${wanted} of ${size}`).toBe(true);
        }
      }
    });

  test("leaves the target's values alone where none is", () => {
    const random = randomFrom(3);
    const times = TIMES.regular!(random, 100);
    const bytes = encodeChunk(times, [VALUES["a walk of decimals"]!(random, 100)], null, 0, 100);
    const target = { times: new Float64Array(100), columns: [new Float64Array(100).fill(7)] };
    expect(decodeChunkInto(bytes, 1, target, 0, () => 0)).toBe(100);
    expect(target.times).toEqual(times);
    expect(new Set(target.columns[0])).toEqual(new Set([7]));
  });
});

describe("encodeChunk", () => {
  test("takes a range of longer arrays", () => {
    const random = randomFrom(1);
    const times = TIMES.jittered!(random, 500);
    const values = VALUES["any bits"]!(random, 500);
    const chunk = decodeChunk(encodeChunk(times, [values], null, 101, 333), 1);
    expect(bitsOf(chunk.times)).toEqual(bitsOf(times.subarray(101, 333)));
    expect(bitsOf(chunk.columns[0]!)).toEqual(bitsOf(values.subarray(101, 333)));
  });

  test("refuses no points and too many", () => {
    const many = new Float64Array(MAX_CHUNK_POINTS + 1);
    expect(() => encodeChunk(many, [many], null, 0, 0)).toThrow("points");
    expect(() => encodeChunk(many, [many], null, 0, many.length)).toThrow("points");
  });

  test("takes at most 12 bytes for a single decimal at any time", () => {
    const chunk = encodeChunk(Float64Array.of(1_700_000_000_123_457), [Float64Array.of(21.53)], null, 0, 1);
    expect(chunk.length).toBeLessThanOrEqual(12);
  });

  test("takes next to nothing for regular times and a constant", () => {
    const times = TIMES.regular!(randomFrom(2), MAX_CHUNK_POINTS);
    expect(encodeChunk(times, [times.map(() => 21.5)], null, 0, times.length).length).toBeLessThan(20);
  });

  test("takes less than a byte a point for a slow signal of two decimals", () => {
    const random = randomFrom(3);
    const times = TIMES.regular!(random, MAX_CHUNK_POINTS);
    const values = VALUES["a walk of decimals"]!(random, MAX_CHUNK_POINTS);
    expect(encodeChunk(times, [values], null, 0, times.length).length).toBeLessThan(MAX_CHUNK_POINTS);
  });
});

describe("decodeChunkInto", () => {
  const random = randomFrom(4);
  const times = TIMES.repeated!(random, 300);
  const ordinals = ordinalsOf(times);
  const columns = Object.values(VALUES)
    .slice(0, 5)
    .map((values) => values(random, 300));
  columns.push(columns[1]!);
  const bytes = encodeChunk(times, columns, ordinals, 0, 300);

  test("writes behind what is there and leaves the rest alone", () => {
    const target = {
      times: new Float64Array(400).fill(7),
      columns: columns.map(() => new Float64Array(400).fill(7)),
      ordinals: new Uint32Array(400).fill(7),
    };
    expect(decodeChunkInto(bytes, columns.length, target, 50)).toBe(300);
    expect(bitsOf(target.times.subarray(50, 350))).toEqual(bitsOf(times));
    expect(target.ordinals.subarray(50, 350)).toEqual(ordinals);
    columns.forEach((column, i) => {
      expect(bitsOf(target.columns[i]!.subarray(50, 350))).toEqual(bitsOf(column));
    });
    for (const array of [target.times, target.ordinals, ...target.columns]) {
      expect([...array.subarray(0, 50), ...array.subarray(350)].every((value) => value === 7)).toBe(true);
    }
  });

  test("decodes only the columns that are wanted, a copy of an unwanted one too", () => {
    const wanted = columns.map((_, i) => (i === 3 || i === 5 ? new Float64Array(300) : null));
    decodeChunkInto(bytes, columns.length, { times: new Float64Array(300), columns: wanted }, 0);
    expect(bitsOf(wanted[3]!)).toEqual(bitsOf(columns[3]!));
    expect(bitsOf(wanted[5]!)).toEqual(bitsOf(columns[5]!));
  });

  test("fills ordinals with 0 where a chunk has none", () => {
    const plain = encodeChunk(times, [columns[1]!], null, 0, 300);
    const target = { times: new Float64Array(300), columns: [null], ordinals: new Uint32Array(300).fill(7) };
    decodeChunkInto(plain, 1, target, 0);
    expect(target.ordinals.every((ordinal) => ordinal === 0)).toBe(true);
  });

  test("throws where the points do not fit", () => {
    const target = { times: new Float64Array(300), columns: [] };
    expect(() => decodeChunkInto(bytes, columns.length, target, 1)).toThrow("do not fit");
  });
});

test("a single column that claims to be a copy throws", () => {
  const bytes = encodeChunk(Float64Array.of(0), [Float64Array.of(1)], null, 0, 1);
  expect(bytes[8]).toBe(0);
  bytes[8] = 1;
  expect(() => decodeChunk(bytes, 1)).toThrow("copy");
});

test("a damaged chunk gives points or an Error, and never runs on", () => {
  const random = randomFrom(5);
  for (let round = 0; round < 300; round++) {
    const makers = Object.values(VALUES);
    const values = makers[round % makers.length]!(random, 200);
    const bytes = encodeChunk(TIMES.irregular!(random, 200), [values], null, 0, 200);
    for (let hit = 0; hit < 3; hit++) bytes[Math.floor(random() * bytes.length)] = random() * 256;
    const cut = bytes.subarray(0, Math.ceil(random() * bytes.length));
    try {
      expect(decodeChunk(cut, 1).times.length).toBeLessThanOrEqual(MAX_CHUNK_POINTS);
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
    }
  }
});

describe("the bytes of version 1 stay as they are", () => {
  const times = Float64Array.of(1_700_000_000_000_000, 1_700_000_001_000_000, 1_700_000_002_500_000);
  const cases: [title: string, bytes: Uint8Array, expected: string][] = [
    [
      "decimals at irregular times",
      encodeChunk(times, [Float64Array.of(21.5, 21.25, 22)], null, 0, 3),
      "1a00401e18240a0680897aa0c21e080422cc21190846",
    ],
    [
      "two columns, one a copy, with ordinals",
      encodeChunk(times.fill(5, 0, 2), [times, times], Uint32Array.of(0, 1, 0), 0, 3),
      "1f058080a0810890d1901800120080adc688060012020001021814058080a0810890d1901800120080adc68806001201",
    ],
    [
      "a double that is no decimal",
      encodeChunk(Float64Array.of(-1), [Float64Array.of(Math.PI)], null, 0, 1),
      "08fffffffffffffff0182d4454fb210940",
    ],
    [
      "sums with lost bits",
      encodeChunk(Float64Array.of(0, 10, 20), [Float64Array.of(0.1, 0.1 + 0.2, -0)], null, 0, 3),
      "18000000000000000a1402020018000102180102000000000000000080",
    ],
    [
      "noise",
      encodeChunk(Float64Array.of(0, 10, 20), [Float64Array.of(Math.PI, Math.E, Math.SQRT2)], null, 0, 3),
      "18000000000000000a05f687c980080391d6076994f4b0b4a1c40a01ea50940ab42d67d092",
    ],
  ];
  for (const [title, bytes, expected] of cases)
    test(`of ${title}`, () => {
      expect(hex(bytes)).toBe(expected);
    });
});
