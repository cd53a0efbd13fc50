import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  COMPACT_NUMBERS,
  createState,
  type Form,
  type Kind,
  StreamingDetector,
} from "../../../src/analytics/detection/streaming/detector";
import { dailyCycle, FORMS, HOUR_MICROS } from "./daily";

type Step =
  | { do: "observe"; timeMicros: number; value: number }
  | { do: "accept"; timeMicros: number; kind: Kind; value: number; expected: boolean }
  | { do: "silence"; timeMicros: number };

/** What a step says: its score, or the verdict on a silence, and the anomaly. */
function taken(detector: StreamingDetector, step: Step): unknown {
  if (step.do === "observe")
    return { score: detector.observe(step.timeMicros, step.value), verdict: detector.verdict };
  if (step.do === "silence") return detector.noteSilence(step.timeMicros);
  return detector.accept(step);
}

const repeated = (values: fc.Arbitrary<number[]>) =>
  fc
    .tuple(values, fc.integer({ min: 0, max: 30 }))
    .map(([all, times]) => [...all, ...Array<number>(times).fill(all.at(-1) ?? 0)]);

const lengths = { minLength: 90, maxLength: 260 };
const small = fc.double({ min: -3, max: 3, noNaN: true });
const ugly = repeated(
  fc.oneof(
    fc.array(fc.double({ min: -10, max: 10, noNaN: true }), lengths),
    // A level that is large beside what varies.
    fc.array(
      small.map((value) => 1e9 + value),
      lengths,
    ),
    fc.array(
      small.map((value) => -5e-300 * value),
      lengths,
    ),
    // Counters, that start again now and then.
    fc.array(fc.nat(100), lengths).map((all) => {
      let sum = 0;
      return all.map((one) => {
        sum = one === 0 ? 0 : sum + one;
        return sum;
      });
    }),
    fc.array(fc.constantFrom(0, 0, 0, 1, -1), lengths),
    fc.array(fc.oneof({ weight: 9, arbitrary: small }, { weight: 1, arbitrary: fc.double() }), lengths),
    fc.array(
      fc.oneof({ weight: 30, arbitrary: small }, fc.constantFrom(1e300, -1e300, 1.7e308, 5e-324)),
      lengths,
    ),
  ),
);

const kinds: Kind[] = ["spike", "dip", "level_shift", "trend_break", "flat_line", "variance", "gap"];

/** Readings of ugly values at times that jitter, stand still, go back and leave gaps; marks and silences in between. */
const steps = fc
  .tuple(
    ugly,
    fc.constantFrom(1_000_000, 60_000_000, HOUR_MICROS, 86_400_000_000, 7_777_777),
    fc.infiniteStream(
      fc.oneof({ weight: 60, arbitrary: fc.constant(1) }, fc.constantFrom(0, -3, 0.3, 1.9, 13, 40, 90)),
    ),
    fc.infiniteStream(
      fc.record({
        what: fc.oneof(
          { weight: 20, arbitrary: fc.constant("" as const) },
          fc.constantFrom("accept", "silence"),
        ),
        kind: fc.constantFrom(...kinds),
        back: fc.nat(20),
        expected: fc.integer({ min: 0, max: 9 }).map((one) => one > 0),
      }),
    ),
  )
  .map(([values, step, moves, extras]): Step[] => {
    let timeMicros = 1_700_000_000_000_000;
    return values.flatMap((value, i): Step[] => {
      timeMicros += moves.next().value * step;
      const { what, kind, back, expected } = extras.next().value;
      const reading: Step = { do: "observe", timeMicros, value };
      if (what === "silence") return [reading, { do: "silence", timeMicros: timeMicros + 3 * back * step }];
      if (what === "") return [reading];
      const marked = Math.max(0, i - back);
      return [
        reading,
        { do: "accept", timeMicros: timeMicros - back * step, kind, value: values[marked]!, expected },
      ];
    });
  });

describe.each(FORMS)("the %s form, whatever comes", (form) => {
  it("judges by the past only, and goes on from its stored state at any step to the bit", () => {
    fc.assert(
      fc.property(steps, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
        const whole = new StreamingDetector(createState(form));
        const said = all.map((step) => taken(whole, step));
        const end = Math.floor(share * all.length);
        const before = new StreamingDetector(createState(form));
        expect(all.slice(0, end).map((step) => taken(before, step))).toEqual(said.slice(0, end));
        const bytes = new Uint8Array(before.state.byteLength);
        bytes.set(new Uint8Array(before.state.buffer, before.state.byteOffset, before.state.byteLength));
        const after = new StreamingDetector(new Float64Array(bytes.buffer));
        expect(all.slice(end).map((step) => taken(after, step))).toEqual(said.slice(end));
        expect(new Uint8Array(after.state.buffer)).toEqual(new Uint8Array(whole.state.buffer));
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it("is at the same place after every step if it is stored and loaded at each", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const one = new StreamingDetector(createState(form));
        const other = new StreamingDetector(createState(form));
        // Another series in turn, so that nothing of the one before is left in the detector.
        const foreign = new StreamingDetector(createState(form));
        for (const [i, value] of dailyCycle(100, 1).entries()) foreign.observe(i * HOUR_MICROS, value);
        let stored = other.state;
        for (const step of all) {
          other.use(foreign.state.slice());
          other.observe(101 * HOUR_MICROS, 100);
          other.use(stored.slice());
          expect(taken(other, step)).toEqual(taken(one, step));
          stored = other.state;
        }
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  it("gives scores in [0, 1], numbers without infinities, and no anomaly inside its band", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const detector = new StreamingDetector(createState(form));
        for (const step of all) {
          taken(detector, step);
          expect(detector.state.some((number) => Math.abs(number) === Number.POSITIVE_INFINITY)).toBe(false);
          if (step.do !== "observe" || detector.verdict === null) continue;
          const { value, score, lower, upper, expected } = detector.verdict;
          expect(score >= 0.5 && score <= 1 && Number.isFinite(expected)).toBe(true);
          if (lower === null || upper === null) continue;
          expect(value > upper || value < lower).toBe(true);
        }
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  it("serves series in turn that share a buffer, without mixing them", () => {
    const alone = (form: Form, seed: number) => {
      const detector = new StreamingDetector(createState(form));
      return dailyCycle(300, seed).map((value, i) => detector.observe(i * HOUR_MICROS, value));
    };
    const numbers = createState(form).length;
    const slab = new Float64Array(3 * numbers);
    const states = [0, 1, 2].map((i): Float64Array => {
      const state = slab.subarray(i * numbers, (i + 1) * numbers);
      state.set(createState(form));
      return state;
    });
    const detector = new StreamingDetector(states[0]);
    const values = [0, 1, 2].map((i) => dailyCycle(300, i + 1));
    const scores = values.map(() => [] as number[]);
    for (let hour = 0; hour < 300; hour++)
      for (const i of [0, 1, 2]) {
        detector.use(states[i]!);
        scores[i]!.push(detector.observe(hour * HOUR_MICROS, values[i]![hour]!));
        states[i] = detector.state;
      }
    expect(scores).toEqual([1, 2, 3].map((seed) => alone(form, seed)));
  });
});

describe("the compact form", () => {
  it.each([1, 60, 300, 3_600, 86_400, 604_800, 7_777])(
    "stays in its place and below 1,400 bytes with readings each %i seconds",
    (seconds) => {
      const state = createState("compact");
      const detector = new StreamingDetector(state);
      expect(state.byteLength).toBe(8 * COMPACT_NUMBERS);
      expect(state.byteLength).toBeLessThanOrEqual(1_400);
      for (let i = 0; i < 200; i++) detector.observe(i * seconds * 1e6, i % 7);
      expect(detector.state).toBe(state);
    },
  );

  it("keeps its forecast exact where the level is large beside what varies", () => {
    const values = dailyCycle(900, 5).map((value, i) => (i === 700 ? value + 15 : value));
    const scoresAt = (level: number) => {
      const detector = new StreamingDetector(createState("compact"));
      return values.map((value, i) => detector.observe(i * HOUR_MICROS, level + value));
    };
    const far = scoresAt(2 ** 27);
    expect(far[700]).toBeGreaterThan(0.5);
    const near = scoresAt(2 ** 12);
    for (let i = 0; i < far.length; i++) expect(Math.abs(far[i]! - near[i]!)).toBeLessThan(1e-6);
  });

  it("knows the hours of the day: what is usual at noon is an anomaly at midnight", () => {
    const detector = new StreamingDetector(createState("compact"));
    const values = dailyCycle(900, 5).map((value, i) => (i === 762 ? 120 : value));
    const alerts = values.flatMap((value, i) => {
      detector.observe(i * HOUR_MICROS, value);
      return detector.verdict ? [i] : [];
    });
    expect(alerts.filter((i) => i > 700)).toEqual([762]);
  });
});
