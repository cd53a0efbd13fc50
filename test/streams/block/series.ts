/** A seeded generator (mulberry32): a property that fails once fails again. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;

const NASTY = [
  0,
  -0,
  1,
  -1,
  0.1,
  0.1 + 0.2,
  5e-324,
  -5e-324,
  2.2250738585072014e-308,
  1e308,
  -1e308,
  Number.MAX_VALUE,
  2 ** 53,
  -(2 ** 53),
  2 ** 53 - 1,
  2 ** 51,
  2 ** 50 + 1,
  1 / 3,
  Math.PI,
  1e-7,
  -0.001,
  123456789.123,
  1e15 + 0.5,
  4294967296,
  -2147483649,
  99999999999999.9,
  Number.NaN,
];
const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
const anyDouble = (random: Random): number => {
  const words = Uint32Array.of(random() * 2 ** 32, random() * 2 ** 32);
  const value = new Float64Array(words.buffer)[0]!;
  return Number.isFinite(value) ? value : 0;
};

/** Makers of columns, each what some coding is for, or what none is. */
export const VALUES: Record<string, (random: Random, count: number) => Float64Array<ArrayBuffer>> = {
  constant: (random, count) => new Float64Array(count).fill(pick(random, NASTY)),
  nasty: (random, count) => Float64Array.from({ length: count }, () => pick(random, NASTY)),
  "any bits": (random, count) => Float64Array.from({ length: count }, () => anyDouble(random)),
  noise: (random, count) => Float64Array.from({ length: count }, () => random() * 100),
  "single precision": (random, count) => Float64Array.from(Float32Array.from({ length: count }, random)),
  "a walk of decimals": (random, count) => {
    let level = 0;
    return Float64Array.from({ length: count }, () => {
      level += Math.round(random() * 40 - 20);
      return level / 100;
    });
  },
  "sums with lost bits": (random, count) => {
    let sum = 0;
    return Float64Array.from({ length: count }, () => {
      sum += Math.round(random() * 1000) / 1000;
      return sum;
    });
  },
  "decimals with a few others": (random, count) =>
    Float64Array.from({ length: count }, () =>
      random() < 0.02 ? pick(random, NASTY) : Math.round(random() * 1e5) / 1e3,
    ),
  "a counter with resets": (random, count) => {
    let counter = 2 ** 40;
    return Float64Array.from({ length: count }, () => {
      counter = random() < 0.001 ? 0 : counter + 1024 * Math.round(random() * 4);
      return counter;
    });
  },
  spikes: (random, count) =>
    Float64Array.from({ length: count }, () => (random() < 0.01 ? Math.round(random() * 1e12) : -3)),
  "integers that span too much": (random, count) =>
    Float64Array.from({ length: count }, () => Math.round((random() * 2 - 1) * (2 ** 53 - 1))),
};

/** Makers of ascending times, microseconds. */
export const TIMES: Record<string, (random: Random, count: number) => Float64Array<ArrayBuffer>> = {
  regular: (random, count) => stepped(random, count, () => 1_000_000),
  "with gaps": (random, count) =>
    stepped(random, count, () => (random() < 0.01 ? 86_400_000_000 : 60_000_000)),
  jittered: (random, count) => stepped(random, count, () => Math.round(900_000 + random() * 200_000)),
  repeated: (random, count) => stepped(random, count, () => (random() < 0.5 ? 0 : 1000)),
  "all equal": (random, count) => stepped(random, count, () => 0),
  irregular: (random, count) => stepped(random, count, () => Math.floor(2 ** (random() * 36))),
  "from end to end": (random, count) => {
    const times = Float64Array.from({ length: count }, () => Math.round((random() * 2 - 1) * (2 ** 53 - 1)));
    times[0] = -(2 ** 53 - 1);
    return times.sort();
  },
};

function stepped(random: Random, count: number, step: () => number): Float64Array<ArrayBuffer> {
  let time = Math.round((random() - 0.3) * 2e15);
  return Float64Array.from({ length: count }, () => {
    time += step();
    return time;
  });
}

/** The ordinals of `times`: how many equal ones stand before each. */
export function ordinalsOf(times: Float64Array): Uint32Array<ArrayBuffer> {
  const ordinals = new Uint32Array(times.length);
  for (let i = 1; i < times.length; i++) ordinals[i] = times[i] === times[i - 1] ? ordinals[i - 1]! + 1 : 0;
  return ordinals;
}

/** The bytes of an array: what "bit exact" compares. */
export const bitsOf = (array: Float64Array | Uint32Array): Uint8Array => new Uint8Array(array.slice().buffer);
