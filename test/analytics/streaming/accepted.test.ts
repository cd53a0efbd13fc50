import { describe, expect, it } from "vitest";
import {
  createState,
  type Mark,
  StreamingDetector,
} from "../../../src/analytics/detection/streaming/detector";
import { alertsOf, dailyCycle, FORMS, HOUR_MICROS, noise } from "./daily";

const FIRST = 700;
const AGAIN = 1_000;
const END = 1_400;

interface Change {
  at: number;
  length: number;
  by: number;
}

const changed = (values: number[], changes: Change[]): number[] =>
  values.map((value, i) =>
    changes.reduce((sum, { at, length, by }) => (i >= at && i < at + length ? sum + by : sum), value),
  );

/** Marks the first alert `after` readings later; null where the mark is left out. What is alerted at from `AGAIN` on. */
function alertsAgain(
  detector: StreamingDetector,
  values: number[],
  after: number | null,
  mark: Partial<Mark> = {},
) {
  const [first] = alertsOf(detector, values, 0, FIRST + 6).filter(({ at }) => at >= FIRST);
  alertsOf(detector, values, FIRST + 6, FIRST + 6 + (after ?? 0));
  if (after !== null)
    detector.accept({
      timeMicros: first!.at * HOUR_MICROS,
      kind: first!.kind,
      value: first!.value,
      ...mark,
    });
  alertsOf(detector, values, FIRST + 6 + (after ?? 0), AGAIN);
  return { first, again: alertsOf(detector, values, AGAIN, END) };
}

describe.each(FORMS)("a spike that was called expected, %s form", (form) => {
  const detector = () => new StreamingDetector(createState(form));
  const spike = (at: number, by = 15): Change => ({ at, length: 1, by });
  const base = dailyCycle(END, 5);
  const twice = changed(base, [spike(FIRST), spike(AGAIN)]);

  it("is alerted at again when nobody marks it", () => {
    const { first, again } = alertsAgain(detector(), twice, null);
    expect(first).toMatchObject({ at: FIRST, kind: "spike" });
    expect(again).toEqual([expect.objectContaining({ at: AGAIN, kind: "spike" })]);
  });

  it.each([0, 20, 200])("is not alerted at again, marked %i readings later", (after) => {
    expect(alertsAgain(detector(), twice, after).again).toEqual([]);
  });

  it("is alerted at again when it was marked as a real anomaly", () => {
    const marked = detector();
    const { again } = alertsAgain(marked, twice, 0, { expected: false });
    const unmarked = detector();
    alertsAgain(unmarked, twice, null);
    expect(again).toHaveLength(1);
    expect(marked.state).toEqual(unmarked.state);
  });

  it("is passed over also when it lasts some readings, and then the series goes on as before", () => {
    const values = changed(base, [spike(FIRST), { ...spike(AGAIN), length: 5 }]);
    expect(alertsAgain(detector(), values, 0).again).toEqual([]);
  });

  it.each([
    ["a clearly larger one", spike(AGAIN, 40), "spike"],
    ["a dip of its size", spike(AGAIN, -15), "dip"],
  ] as const)("does not hide %s", (_, change, kind) => {
    const { again } = alertsAgain(detector(), changed(base, [spike(FIRST), change]), 0);
    expect(again[0]).toMatchObject({ at: AGAIN, kind });
  });

  it("does not hide a sensor that is stuck", () => {
    const values = changed(noise(END, 7), [spike(FIRST)]).map((value, i) =>
      i >= AGAIN && i < AGAIN + 40 ? 100 : value,
    );
    expect(alertsAgain(detector(), values, 0).again[0]).toMatchObject({ kind: "flat_line" });
  });

  it("is known by its value when the alert is no longer remembered", () => {
    const others = [-20, 40, -60].map((by, i) => spike(AGAIN + 300 * i, by));
    const values = changed(dailyCycle(2_500, 5), [spike(FIRST), ...others, spike(2_300)]);
    const told = (isMarked: boolean) => {
      const one = detector();
      expect(alertsOf(one, values, 0, 2_200).filter(({ at }) => at > FIRST)).toHaveLength(others.length);
      if (isMarked) one.accept({ timeMicros: FIRST * HOUR_MICROS, kind: "spike", value: values[FIRST]! });
      return alertsOf(one, values, 2_200, 2_500);
    };
    expect(told(false)).toEqual([expect.objectContaining({ at: 2_300, kind: "spike" })]);
    expect(told(true)).toEqual([]);
  });

  it("becomes the normal level without an alert when it lasts, and others are seen from there", () => {
    const lasting = { at: AGAIN, length: 2_000, by: 15 };
    const values = changed(noise(2_000, 9), [spike(FIRST), lasting, spike(1_800, -30)]);
    const one = detector();
    expect(alertsAgain(one, values, 0).again).toEqual([]);
    expect(alertsOf(one, values, END, 2_000)).toEqual([expect.objectContaining({ at: 1_800, kind: "dip" })]);
  });
});

describe.each(FORMS)("a level shift that was called expected, %s form", (form) => {
  const shift = (at: number, by: number): Change => ({ at, length: END, by });
  const values = changed(noise(END, 15), [shift(FIRST, 2.5)]);

  /** A detector that has told the shift as one, and got its mark if it is said so. */
  function shifted(isMarked: boolean): StreamingDetector {
    const detector = new StreamingDetector(createState(form));
    const alert = alertsOf(detector, values, 0, FIRST + 12).find(({ at }) => at >= FIRST)!;
    expect(alert.kind).toBe("level_shift");
    if (isMarked)
      detector.accept({ timeMicros: alert.at * HOUR_MICROS, kind: alert.kind, value: alert.value });
    return detector;
  }

  it("makes the new level the normal one, from which others are seen after the silence", () => {
    const spiked = changed(values, [{ at: FIRST + 45, length: 1, by: 20 }]);
    const expected = (isMarked: boolean): number => {
      const detector = shifted(isMarked);
      expect(alertsOf(detector, spiked, FIRST + 12, FIRST + 46)).toEqual([
        expect.objectContaining({ at: FIRST + 45, kind: "spike" }),
      ]);
      return detector.verdict!.expected;
    };
    expect(expected(false)).toBeLessThan(102);
    // Known from three readings, whose noise is 1.
    expect(Math.abs(expected(true) - 102.5)).toBeLessThan(1.5);
  });

  it("is not told again when it comes again, while one down is", () => {
    const again = changed(values, [shift(AGAIN, 2.5), shift(1_200, -7.5)]);
    const told = (isMarked: boolean) => alertsOf(shifted(isMarked), again, FIRST + 12, END);
    expect(told(false)[0]!.at).toBe(AGAIN);
    expect(told(true)[0]!.at).toBeGreaterThanOrEqual(1_200);
    expect(told(true)[0]!.at).toBeLessThan(1_206);
  });
});

describe.each(FORMS)("a flat line that was called expected, %s form", (form) => {
  // So late that the detector has forgotten by itself how long the longest run was.
  const LATE = 20_000;
  const series = noise(LATE + 100, 7);
  const told = (length: number, isMarked: boolean) => {
    const values = series.map((value, i) =>
      (i >= FIRST && i < FIRST + 5) || (i >= LATE && i < LATE + length) ? 100 : value,
    );
    const detector = new StreamingDetector(createState(form));
    const alert = alertsOf(detector, values, 0, FIRST + 5).find(({ at }) => at >= FIRST)!;
    expect(alert.kind).toBe("flat_line");
    if (isMarked)
      detector.accept({ timeMicros: alert.at * HOUR_MICROS, kind: "flat_line", value: alert.value });
    alertsOf(detector, values, FIRST + 5, LATE);
    return alertsOf(detector, values, LATE, LATE + 100).filter(({ kind }) => kind === "flat_line");
  };

  it("is not told again, where it would have been", () => {
    expect(told(7, false)).toHaveLength(1);
    expect(told(7, true)).toEqual([]);
  });

  it("does not hide one that is much longer", () => {
    expect(told(20, true)).toHaveLength(1);
  });
});

describe.each(FORMS)("a mark that is not understood, %s form", (form) => {
  it.each<[string, Mark]>([
    ["no time", { timeMicros: Number.NaN, kind: "spike", value: 120 }],
    ["no value", { timeMicros: HOUR_MICROS, kind: "level_shift", value: Number.POSITIVE_INFINITY }],
    ["a gap that nobody told", { timeMicros: 9e15, kind: "gap", value: 0 }],
  ])("of %s changes nothing", (_, mark) => {
    for (const length of [0, 5, 300]) {
      const detector = new StreamingDetector(createState(form));
      alertsOf(detector, dailyCycle(300, 1), 0, length);
      const before = detector.state.slice();
      detector.accept(mark);
      expect(detector.state).toEqual(before);
    }
  });

  it("of any kind before there is a state changes nothing", () => {
    const detector = new StreamingDetector(createState(form));
    detector.accept({ timeMicros: 0, kind: "spike", value: 1 });
    expect(detector.state).toEqual(createState(form));
  });
});
