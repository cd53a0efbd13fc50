import { describe, expect, it } from "vitest";
import { detect } from "../../../src/analytics/detection/batch/registry";
import { seededNormal, seededRandom } from "../../support/series";

/** Noise of a standard deviation of 2, of which a share of the rows is 12 to 20 off in one of the fields. */
function contaminated(share: number, fieldCount: number, seed: number) {
  const normal = seededNormal(seed);
  const uniform = seededRandom(seed + 500);
  const columns = Array.from({ length: fieldCount }, () =>
    Float64Array.from({ length: 1_000 }, () => 50 + 2 * normal()),
  );
  const odd = new Set<number>();
  for (let row = 40; row < 1_000; row++) {
    if (uniform() >= share) continue;
    odd.add(row);
    const column = columns[Math.floor(uniform() * fieldCount)]!;
    column[row]! += (uniform() < 0.5 ? 1 : -1) * (12 + 8 * uniform());
  }
  return { columns, odd };
}

describe.each(["isolation_forest", "one_class_svm", "ensemble"] as const)("%s", (id) => {
  it.each([
    [0.01, 1],
    [0.05, 1],
    [0.01, 3],
    [0.05, 3],
  ])("finds anomalies that make up %f of the rows, in %i field(s), and hardly anything else", (share, n) => {
    for (const adaptive of [null, { falseAlarmRate: 1e-3 }]) {
      let planted = 0;
      let found = 0;
      let others = 0;
      for (let seed = 1; seed <= 4; seed++) {
        const { columns, odd } = contaminated(share, n, seed);
        const { rows } = detect(id, { columns, periods: [] }, { adaptive }, 1);
        found += rows.filter((row) => odd.has(row)).length;
        others += rows.filter((row) => !odd.has(row)).length;
        planted += odd.size;
      }
      expect(found / planted).toBeGreaterThan(0.95);
      expect(others / 4_000).toBeLessThan(0.012);
    }
  });
});

describe("counts", () => {
  const poisson = (mean: number, seed: number) => {
    const uniform = seededRandom(seed);
    return Float64Array.from({ length: 1_000 }, () => {
      let count = 0;
      for (let p = uniform(); p > Math.exp(-mean); p *= uniform()) count++;
      return count;
    });
  };

  it.each(["z_score", "robust_z", "iqr", "isolation_forest", "one_class_svm", "ensemble", "bounds"] as const)(
    "that are mostly zero are quiet for %s, and what is far above them is not",
    (id) => {
      let alarms = 0;
      for (const [i, mean] of [0.02, 0.05, 0.2].entries())
        alarms += detect(id, { columns: [poisson(mean, 7 + i)], periods: [] }, {}, 1).rows.length;
      expect(alarms).toBeLessThan(12);
      const values = poisson(0.2, 9);
      values[600] = 40;
      expect(detect(id, { columns: [values], periods: [] }, {}, 1).rows).toContain(600);
    },
  );
});
