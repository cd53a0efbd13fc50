// How often the batch methods call simulated noise an anomaly, and how many of planted anomalies they find.
import { table } from "../lib/chart.mjs";
import { loadModule } from "../lib/load-module.mjs";
import { UsageError } from "./usage.mjs";

const ROWS = 1_000;
const METHODS = ["z_score", "robust_z", "iqr", "isolation_forest", "one_class_svm", "ensemble"];
const LEVELS = [{}, { adaptive: { falseAlarmRate: 1e-3 } }];

const series = (next) => Float64Array.from({ length: ROWS }, next);
const poisson = (mean, uniform) => {
  let count = 0;
  for (let p = uniform(); p > Math.exp(-mean); p *= uniform()) count++;
  return count;
};

/** Each makes a series without anomalies from standard normal and uniform numbers. */
const NOISE = {
  normal: (normal) => series(normal),
  "log-normal, sigma 0.7": (normal) => series(() => Math.exp(0.7 * normal())),
  "autoregressive, 0.8": (normal) => {
    let level = 0;
    return series(() => (level = 0.8 * level + normal()));
  },
  "random walk": (normal) => {
    let level = 0;
    return series(() => (level += normal()));
  },
  "rising line and noise": (normal) => series((_, t) => 0.05 * t + normal()),
  "counts of mean 0.2": (_, uniform) => series(() => poisson(0.2, uniform)),
  "counts of mean 5": (_, uniform) => series(() => poisson(5, uniform)),
  "rounded to 7 values": (normal) => series(() => Math.round(normal())),
  "mostly zero, else exponential": (_, uniform) =>
    series(() => (uniform() < 0.05 ? -50 * Math.log(uniform()) : 0)),
  "stands still half of the time": (normal) => {
    let level = 0;
    return series((_, t) => {
      if (Math.floor(t / 150) % 2 === 0) level = 50 + 2 * normal();
      return level;
    });
  },
};

/** Normal fields of which a share of the rows is 6 to 10 standard deviations off in one. */
function contaminated(share, fieldCount, normal, uniform) {
  const columns = Array.from({ length: fieldCount }, () => series(normal));
  const odd = new Set();
  for (let row = 40; row < ROWS; row++) {
    if (uniform() >= share) continue;
    odd.add(row);
    columns[Math.floor(uniform() * fieldCount)][row] += (uniform() < 0.5 ? 1 : -1) * (6 + 4 * uniform());
  }
  return { columns, odd };
}

async function report(trials) {
  const { detect } = await loadModule("src/analytics/detection/batch/registry.ts");
  const { seededNormal, seededRandom } = await loadModule("test/support/series.ts");
  const rowsOf = (method, columns, options) => detect(method, { columns, periods: [] }, options, 1).rows;
  const seeds = Array.from({ length: trials }, (_, i) => i + 1);
  const columnsOf = (of) => METHODS.map((method) => LEVELS.map((level) => of(method, level)).join(" / "));

  console.log(
    `Called an anomaly of 1,000 rows of noise, at threshold's default / adaptive at 0.001; ${trials} series each:`,
  );
  const noise = Object.entries(NOISE).map(([name, make]) => {
    const all = seeds.map((seed) => make(seededNormal(seed), seededRandom(seed)));
    return [
      name,
      ...columnsOf((method, level) => mean(all.map((one) => rowsOf(method, [one], level).length)).toFixed(1)),
    ];
  });
  console.log(table(["", ...METHODS], noise));

  console.log("\nShare found of anomalies 6 to 10 standard deviations off in one field, likewise:");
  const found = [1, 3].flatMap((fields) =>
    [0.01, 0.02, 0.05, 0.1].map((share) => {
      const all = seeds.map((seed) =>
        contaminated(share, fields, seededNormal(seed), seededRandom(seed + 99)),
      );
      const shareOf = (method, level) =>
        mean(
          all.map(
            ({ columns, odd }) =>
              rowsOf(method, columns, level).filter((row) => odd.has(row)).length / odd.size,
          ),
        );
      return [
        `${fields} field(s), ${100 * share} % odd`,
        ...columnsOf((method, level) => shareOf(method, level).toFixed(2)),
      ];
    }),
  );
  console.log(table(["", ...METHODS], found));
}

const mean = (values) => values.reduce((sum, value) => sum + value / values.length, 0);

export const detectNoise = {
  usage: "detect-noise [TRIALS]",
  async run([trials = "20"]) {
    if (!/^[1-9]\d{0,3}$/.test(trials))
      throw new UsageError(`TRIALS is a whole number from 1 on, not ${trials}.`);
    await report(Number(trials));
    return 0;
  },
};
