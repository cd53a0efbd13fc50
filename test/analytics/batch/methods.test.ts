import { describe, expect, it } from "vitest";
import type { BatchOptions, MethodId } from "../../../src/analytics/detection/batch/method";
import { prepared } from "../../../src/analytics/detection/batch/prepared";
import { detect, methodOf, requiredPoints } from "../../../src/analytics/detection/batch/registry";
import { seededNormal } from "../../support/series";

const ALL: MethodId[] = [
  "z_score",
  "robust_z",
  "iqr",
  "isolation_forest",
  "one_class_svm",
  "ensemble",
  "bounds",
];
/** At a thousand rows: less than one false alarm is expected. */
const CAREFUL: Partial<BatchOptions> = { adaptive: { falseAlarmRate: 5e-4 } };

const noise = (rows: number, seed: number, level = 50, spread = 2) => {
  const normal = seededNormal(seed);
  return Float64Array.from({ length: rows }, () => level + spread * normal());
};

const run = (
  id: MethodId,
  columns: Float64Array[],
  options: Partial<BatchOptions> = {},
  periods: number[] = [],
) => detect(id, { columns, periods }, options, 500);

const rowsOf = (found: ReturnType<typeof run>) => found.anomalies.map(({ row }) => row);

describe.each(ALL)("%s", (id) => {
  it("finds a spike and a dip, with what was expected instead", () => {
    const values = noise(1_000, 1);
    values[400] = 75;
    values[700] = 25;
    const found = run(id, [values]);
    const at = (row: number) => found.anomalies.find((anomaly) => anomaly.row === row);
    expect(at(400)).toMatchObject({ kind: "spike", field: 0, value: 75 });
    expect(at(700)).toMatchObject({ kind: "dip", value: 25 });
    expect(Math.abs(at(400)!.expected! - 50)).toBeLessThan(3);
    expect(at(400)!.upper).toBeGreaterThan(51);
    expect(at(400)!.upper).toBeLessThan(75);
    expect(at(700)!.lower).toBeLessThan(49);
    expect(at(700)!.lower).toBeGreaterThan(25);
    for (const row of [400, 700]) expect(found.scores[row]).toBeGreaterThanOrEqual(0.5);
  });

  it("is quiet on normal noise: about as many rows as its threshold says, and next to none where it is adaptive", () => {
    let passed = 0;
    let careful = 0;
    let expected = 0;
    for (let seed = 1; seed <= 6; seed++) {
      const found = run(id, [noise(1_000, 100 + seed)]);
      passed += found.count;
      expected += 1_000 * found.expectedRate;
      careful += run(id, [noise(1_000, 100 + seed)], CAREFUL).count;
    }
    expect(passed).toBeLessThan(2.5 * expected);
    // Three are expected.
    expect(careful).toBeLessThanOrEqual(9);
  });

  it("gives the same each time, and changes nothing it is given", () => {
    const columns = [noise(300, 3), noise(300, 4, 0, 1)];
    const before = columns.map((column) => column.slice());
    const first = run(id, columns, CAREFUL);
    expect(run(id, columns, CAREFUL)).toEqual(first);
    expect(columns).toEqual(before);
  });

  it("has no anomalies in a constant, and finds what departs from one", () => {
    const constant = new Float64Array(200).fill(5);
    expect(run(id, [constant]).count).toBe(0);
    constant[120] = 9;
    expect(rowsOf(run(id, [constant]))).toContain(120);
  });

  it("names the field that is to blame, and its own band", () => {
    const columns = [noise(600, 5), noise(600, 6, 1_000, 10), noise(600, 7, -3, 0.1)];
    columns[1]![333] = 1_120;
    const found = run(id, columns).anomalies.find(({ row }) => row === 333);
    expect(found).toMatchObject({ field: 1, kind: "spike", value: 1_120 });
    expect(Math.abs(found!.expected! - 1_000)).toBeLessThan(20);
    expect(found!.upper).toBeGreaterThan(1_000);
    expect(found!.upper).toBeLessThan(1_120);
  });

  it("says how many rows it takes where there are fewer", () => {
    const required = requiredPoints(id, {});
    const short = noise(required - 1, 8);
    expect(() => run(id, [short])).toThrow("not_enough_data");
    try {
      run(id, [short]);
    } catch (error) {
      expect(error).toMatchObject({ failure: { extra: { required, available: required - 1 } } });
    }
    expect(run(id, [noise(required, 8)]).scores).toHaveLength(required);
  });
});

const DEFAULTS: BatchOptions = {
  threshold: 3,
  windowSize: 100,
  adaptive: null,
  bounds: null,
  members: ["z_score", "isolation_forest", "one_class_svm"],
  combine: "mean",
  seed: 1,
};

describe("two fields that go together", () => {
  /** Each anomaly lies where both fields usually do, but not together. */
  function pair() {
    const normal = seededNormal(11);
    const a = Float64Array.from({ length: 1_500 }, () => 20 + 4 * normal());
    const b = a.map((value) => 3 * value + 2 * normal());
    for (const row of [500, 900]) {
      const side = row === 500 ? 1 : -1;
      a[row] = 20 + side * 6;
      b[row] = 60 - side * 18;
    }
    return [a, b];
  }

  it.each(["isolation_forest", "one_class_svm"] as const)("are seen together by %s", (id) => {
    const found = run(id, pair());
    for (const row of [500, 900]) {
      const anomaly = found.anomalies.find((one) => one.row === row);
      expect(anomaly?.kind).toBe("combination");
      // Whichever is blamed, the other says what was to be expected of it.
      const [a, b] = pair();
      const given = anomaly!.field === 0 ? b![row]! / 3 : 3 * a![row]!;
      expect(Math.abs(anomaly!.expected! - given)).toBeLessThan(anomaly!.field === 0 ? 3 : 9);
    }
  });

  it.each(["z_score", "robust_z", "iqr"] as const)("are not by %s", (id) => {
    const rows = rowsOf(run(id, pair()));
    expect(rows).not.toContain(500);
    expect(rows).not.toContain(900);
  });
});

describe("a season", () => {
  function seasonal() {
    const normal = seededNormal(21);
    const values = Float64Array.from(
      { length: 1_200 },
      (_, t) => 100 + 30 * Math.sin((2 * Math.PI * t) / 24) + 2 * normal(),
    );
    // At the trough, inside of the range of the day; and at the crest.
    values[24 * 20 + 18] = 90;
    values[24 * 35 + 6] = 105;
    return values;
  }

  it.each(["z_score", "robust_z", "iqr", "isolation_forest", "one_class_svm", "ensemble"] as const)(
    "is no anomaly for %s where it is taken off, and what departs from it is one",
    (id) => {
      const found = run(id, [seasonal()], CAREFUL, [24]);
      const rows = rowsOf(found);
      expect(rows).toContain(498);
      expect(rows).toContain(846);
      expect(found.count).toBeLessThanOrEqual(6);
      const trough = found.anomalies.find(({ row }) => row === 498)!;
      expect(trough.kind).toBe("spike");
      expect(Math.abs(trough.expected! - 70)).toBeLessThan(6);
      expect(trough.upper).toBeLessThan(90);
    },
  );
});

describe("many anomalies that are alike", () => {
  it.each(["robust_z", "iqr", "isolation_forest", "one_class_svm", "ensemble"] as const)(
    "do not hide behind one another from %s",
    (id) => {
      const values = noise(2_000, 25);
      for (let t = 1_200; t < 1_225; t++) values[t]! += 24;
      const rows = rowsOf(run(id, [values]));
      const found = rows.filter((row) => row >= 1_200 && row < 1_225).length;
      expect(found).toBeGreaterThanOrEqual(20);
      expect(rows.length - found).toBeLessThan(15);
    },
  );
});

describe("what came later", () => {
  it.each(["z_score", "robust_z"] as const)("changes no verdict of %s at a given threshold", (id) => {
    const values = noise(600, 26);
    // The largest value of all, which is the unit, comes last.
    values[590] = 400;
    const { scores } = run(id, [values]);
    const prefix = run(id, [values.slice(0, 300)]).scores;
    for (const [row, score] of prefix.entries()) expect(score).toBeCloseTo(scores[row]!, 9);
  });
});

describe("an ensemble", () => {
  const spiky = () => {
    const values = noise(500, 31);
    values[250] = 90;
    return values;
  };

  it("is the mean or the median of its members in alert levels", () => {
    const members: MethodId[] = ["iqr", "robust_z", "isolation_forest"];
    const input = { columns: [spiky()], periods: [] };
    const ratios = members.map((id) => {
      const { sigma, level } = methodOf(id).score(prepared(input), { ...DEFAULTS, members });
      return sigma.map((distance) => distance / level);
    });
    const row = 100;
    const sorted = ratios.map((column) => column[row]!).sort((a, b) => a - b);
    const score = (combine: "mean" | "median") =>
      detect("ensemble", input, { threshold: 3, members, combine }, 10).scores[row]!;
    const scoreOf = (ratio: number) => 1 - 2 ** -ratio;
    expect(score("mean")).toBeCloseTo(scoreOf((sorted[0]! + sorted[1]! + sorted[2]!) / 3), 10);
    expect(score("median")).toBeCloseTo(scoreOf(sorted[1]!), 10);
  });

  it("is not carried by one member alone", () => {
    const values = noise(500, 32);
    const input = { columns: [values], periods: [] };
    const found = detect(
      "ensemble",
      input,
      { members: ["iqr", "robust_z", "bounds"], bounds: { lower: 0, upper: values[77]! - 1e-9 } },
      500,
    );
    // The bound is broken by half of the rows; the others do not follow.
    expect(found.count).toBeLessThan(20);
  });

  it("does not hold itself", () => {
    expect(requiredPoints("ensemble", { members: ["ensemble", "iqr"] })).toBe(8);
  });
});

describe("bounds", () => {
  it("are checked as given, from one reading on, and a value on one is inside", () => {
    const bounds = { lower: 10, upper: 20 };
    expect(run("bounds", [Float64Array.of(15)], { bounds }).count).toBe(0);
    const found = run("bounds", [Float64Array.of(10, 9.99, 20, 26)], { bounds });
    expect(rowsOf(found)).toEqual([1, 3]);
    expect(found.anomalies[1]).toMatchObject({ kind: "spike", expected: 15, lower: 10, upper: 20 });
    const above = run("bounds", [Float64Array.of(-1e9, 21)], { bounds: { lower: null, upper: 20 } });
    expect(rowsOf(above)).toEqual([1]);
  });

  it("come of three readings where none are given, and three say little", () => {
    expect(run("bounds", [Float64Array.of(85, 87, 92)], { threshold: 2.5 }).count).toBe(0);
    // Two readings know a spread by one degree of freedom: the band is 50 times as wide as it seems.
    expect(rowsOf(run("bounds", [Float64Array.of(85, 87, 900)], { threshold: 2.5 }))).toEqual([2]);
    expect(rowsOf(run("bounds", [Float64Array.of(85, 87, 86, 85, 86, 140)], { threshold: 2.5 }))).toEqual([
      5,
    ]);
  });
});

describe("the kind of what lasts", () => {
  it("is a level shift, a flat line or a variance", () => {
    const shift = noise(1_000, 41);
    for (let t = 600; t < 615; t++) shift[t]! += 30;
    expect(run("iqr", [shift], CAREFUL).anomalies.map(({ kind }) => kind)).toEqual(
      new Array(15).fill("level_shift"),
    );
    const flat = noise(1_000, 42);
    flat.fill(20, 600, 612);
    expect(run("iqr", [flat], CAREFUL).anomalies.map(({ kind }) => kind)).toEqual(
      new Array(12).fill("flat_line"),
    );
    const wild = noise(1_000, 43);
    for (let t = 600; t < 612; t++) wild[t]! += t % 2 === 0 ? 30 : -30;
    expect(run("iqr", [wild], CAREFUL).anomalies.map(({ kind }) => kind)).toEqual(
      new Array(12).fill("variance"),
    );
  });
});

describe("a list that is limited", () => {
  it("holds those furthest out in order of time, and counts all", () => {
    const values = noise(1_000, 51);
    const sizes = [20, 35, 25, 40];
    for (const [i, size] of sizes.entries()) values[200 + 100 * i] = 50 + size;
    const found = detect("iqr", { columns: [values], periods: [] }, CAREFUL, 2);
    expect(found.count).toBeGreaterThanOrEqual(4);
    expect(found.anomalies.map(({ row }) => row)).toEqual([300, 500]);
  });
});
