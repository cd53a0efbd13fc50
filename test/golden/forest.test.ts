import { describe, expect, it } from "vitest";
import { FOREST, isolationScores } from "../../src/analytics/kernel/forest";
import { oneClassSimilarities } from "../../src/analytics/kernel/svm";
import { seededNormal, seededRandom } from "../support/series";

// References: scikit-learn 1.9.1 (IsolationForest, OneClassSVM with tol=1e-8) on the same rows.

/** Normal rows; one in fifty is moved by up to three standard deviations in each field. */
function rowsWithAnomalies(rows: number, fields: number, seed: number) {
  const normal = seededNormal(seed);
  const uniform = seededRandom(seed + 1);
  const isOdd = Array.from({ length: rows }, (_, row) => row % 50 === 7);
  const columns = Array.from({ length: fields }, () =>
    Float64Array.from(isOdd, (odd) => normal() + (odd ? 6 * (uniform() - 0.5) : 0)),
  );
  return { columns, isOdd };
}

/** How often an odd row's score is above that of another. */
function aucOf(scores: Float64Array, isOdd: readonly boolean[]): number {
  const odd = [...scores].filter((_, row) => isOdd[row]);
  const others = [...scores].filter((_, row) => !isOdd[row]);
  const above = odd.reduce((sum, score) => sum + others.filter((other) => score > other).length, 0);
  return above / (odd.length * others.length);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0);

describe("the isolation forest", () => {
  const { columns, isOdd } = rowsWithAnomalies(2_000, 4, 42);
  const seeds = Array.from({ length: 30 }, (_, seed) => seed);
  const forests = seeds.map((seed) => isolationScores(columns, { ...FOREST, seed }));

  it("separates as scikit-learn's does", () => {
    // Mean over 30 seeds there 0.8904, standard deviation of one 0.0043.
    expect(Math.abs(mean(forests.map((scores) => aucOf(scores, isOdd))) - 0.8904)).toBeLessThan(0.004);
  });

  it("gives the scores that scikit-learn gives on average", () => {
    const overall = mean(forests.map((scores) => mean([...scores])));
    expect(Math.abs(overall - 0.45007)).toBeLessThan(0.003);
    // Mean and standard deviation of 30 seeds.
    const references = [
      { row: 0, score: 0.40702, deviation: 0.0057 },
      { row: 1, score: 0.38335, deviation: 0.0047 },
      { row: 7, score: 0.54419, deviation: 0.0129 },
      { row: 57, score: 0.55699, deviation: 0.0147 },
      { row: 107, score: 0.53647, deviation: 0.0174 },
      { row: 157, score: 0.63561, deviation: 0.0099 },
    ];
    for (const { row, score, deviation } of references) {
      const ours = mean(forests.map((scores) => scores[row]!));
      expect(Math.abs(ours - score) / (deviation * Math.sqrt(2 / 30))).toBeLessThan(4);
    }
  });

  it("gives the same scores for the same seed, and others for another", () => {
    expect(isolationScores(columns, { ...FOREST, seed: 7 })).toEqual(forests[7]);
    expect(forests[8]).not.toEqual(forests[7]);
  });

  it("scores rows it was not grown on as those it was", () => {
    const some = columns.map((column) => column.slice(100, 203));
    expect(isolationScores(columns, { ...FOREST, seed: 3 }, some)).toEqual(forests[3]!.slice(100, 203));
  });

  it("isolates two rows at the first split: a score of one half", () => {
    expect([...isolationScores([Float64Array.of(1, 2)])]).toEqual([0.5, 0.5]);
  });

  it("finds no row easier to isolate than another where all are the same", () => {
    const constant = isolationScores([new Float64Array(300).fill(3), new Float64Array(300).fill(-1)]);
    for (const score of constant) expect(score).toBeCloseTo(0.5, 12);
  });

  it("does not care for the unit of a field, be it near the ends of a double", () => {
    const scaled = columns.map((column, f) =>
      column.map((value) => value * [2 ** 900, 2 ** -900, 8, -1][f]!),
    );
    const [ours, others] = [columns, scaled].map((of) => isolationScores(of.slice(0, 3)));
    expect(others).toEqual(ours);
    const widest = isolationScores([Float64Array.of(-1.7e308, 1.7e308, 0, 1, 2, 3)]);
    expect(widest.every((score) => score > 0 && score < 1)).toBe(true);
  });

  it("refuses what is no number, no rows, and more than it may hold", () => {
    expect(() => isolationScores([Float64Array.of(1, Number.NaN, 2)])).toThrow("malformed_data");
    expect(() => isolationScores([Float64Array.of(1, Number.POSITIVE_INFINITY, 2)])).toThrow(
      "malformed_data",
    );
    expect(() => isolationScores([Float64Array.of(1)])).toThrow("not_enough_data");
    expect(() => isolationScores(columns, { ...FOREST, trees: 501 })).toThrow("invalid_request");
    const many = new Float64Array(1 << 19);
    expect(() => isolationScores([many, many, many, many, many, many, many, many])).toThrow(
      "work_budget_exceeded",
    );
  });
});

describe("the one-class support vector machine", () => {
  const { columns, isOdd } = rowsWithAnomalies(2_000, 4, 42);
  const train = columns.map((column) => column.slice(0, 500));

  it("finds scikit-learn's solution", () => {
    const answer = oneClassSimilarities(train, columns, { gamma: 0.25, nu: 0.1 });
    expect(answer.converged).toBe(true);
    expect(answer.offset).toBeCloseTo(3.84182637, 4);
    expect(answer.supportVectors).toBe(65);
    const decisions = answer.similarities.slice(500, 506).map((similarity) => similarity - answer.offset);
    const references = [0.990177077, 0.350522948, 0.429855904, -1.426456754, -1.997718855, 0.82069652];
    for (const [i, reference] of references.entries()) expect(decisions[i]).toBeCloseTo(reference, 3);
    const oddities = answer.similarities.map((similarity) => -similarity);
    expect(aucOf(oddities, isOdd)).toBeCloseTo(0.88745, 3);
  });

  it("leaves at most the share nu of its training rows outside, and has at least as many support vectors", () => {
    for (const nu of [0.05, 0.2, 0.5]) {
      const answer = oneClassSimilarities(train, train, { gamma: 0.25, nu });
      const outside = answer.similarities.filter((similarity) => similarity < answer.offset - 1e-3).length;
      expect(outside).toBeLessThanOrEqual(nu * 500);
      expect(answer.supportVectors).toBeGreaterThanOrEqual(nu * 500);
    }
  });

  it("answers where all rows are the same, and where each is alone", () => {
    const constant = [new Float64Array(50).fill(2)];
    const same = oneClassSimilarities(constant, constant, { gamma: 1, nu: 0.1 });
    expect(same.similarities.every((similarity) => Math.abs(similarity - same.offset) < 1e-9)).toBe(true);
    const apart = [Float64Array.from({ length: 50 }, (_, i) => i * 1e6)];
    const { similarities, offset } = oneClassSimilarities(apart, apart, { gamma: 1, nu: 0.1 });
    expect(offset).toBeCloseTo(0.1, 3);
    for (const similarity of similarities) expect(similarity).toBeCloseTo(0.1, 3);
  });

  it("refuses what is no number and more rows than it may be trained on", () => {
    const bad = [Float64Array.of(1, Number.NaN)];
    expect(() => oneClassSimilarities(bad, bad, { gamma: 1, nu: 0.5 })).toThrow("malformed_data");
    expect(() => oneClassSimilarities(columns, columns, { gamma: 1, nu: 0.5 })).toThrow("not_enough_data");
    expect(() => oneClassSimilarities(train, train, { gamma: 1, nu: 2 })).toThrow("invalid_request");
  });
});
