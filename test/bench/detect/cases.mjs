// Rows with anomalies of known place: `{name, hasLimit, request}`, the request without who is asked.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { normals } from "./random.mjs";

const SEEDS = Array.from({ length: 10 }, (_, i) => i + 1);
const columnsOf = (fields, rows, of) =>
  Array.from({ length: fields }, (_, f) => Array.from({ length: rows }, (_, row) => of(f, row)));

/** One row in `every` is an anomaly. */
const labelsOf = (rows, every) => Array.from({ length: rows }, (_, row) => (row % every === 17 ? 1 : 0));

/** Standard normal fields; anomalies are moved by up to four standard deviations in each. */
function scattered(rows, fields, seed) {
  const { normal, uniform } = normals(seed);
  const labels = labelsOf(rows, 100);
  const columns = columnsOf(fields, rows, (_, row) => normal() + labels[row] * 8 * (uniform() - 0.5));
  return { columns, labels };
}

/** Three groups; anomalies lie anywhere in their square. */
function clusters(rows, seed) {
  const { normal, uniform } = normals(seed);
  const labels = labelsOf(rows, 50);
  const centres = [
    [-4, -4],
    [4, -3],
    [0, 5],
  ];
  const columns = columnsOf(2, rows, (f, row) =>
    labels[row] ? 16 * (uniform() - 0.5) : centres[row % 3][f] + 0.7 * normal(),
  );
  return { columns, labels };
}

/** Six fields of one common factor; anomalies have a factor of their own in each. */
function correlated(rows, seed) {
  const { normal } = normals(seed);
  const labels = labelsOf(rows, 60);
  const factor = Array.from({ length: rows }, () => normal());
  const columns = columnsOf(6, rows, (_, row) => (labels[row] ? 2 * normal() : factor[row] + 0.3 * normal()));
  return { columns, labels };
}

/** Skewed and discrete fields, as amounts and counts are. */
function amounts(rows, seed) {
  const { normal, uniform } = normals(seed);
  const labels = labelsOf(rows, 200);
  const fields = [
    (odd) => Math.exp(0.8 * normal() + 2 * odd),
    (odd) => Math.floor(-3 * Math.log(uniform())) + (odd ? 6 : 0),
    () => Math.round(uniform()),
  ];
  return { columns: columnsOf(3, rows, (f, row) => fields[f](labels[row])), labels };
}

const NAB = [
  "realKnownCause/machine_temperature_system_failure",
  "realAWSCloudwatch/rds_cpu_utilization_cc0c53",
];

/** A labelled series as rows of its value, its change and its distance from the mean of the day before. */
async function series(folder, name) {
  const windows = JSON.parse(await readFile(join(folder, "combined_windows.json"), "utf8"))[`${name}.csv`];
  const lines = (await readFile(join(folder, "data", `${name}.csv`), "utf8")).trim().split("\n").slice(1);
  const rows = lines.map((line) => line.split(","));
  const values = rows.map(([, value]) => Number(value));
  const isWithin = (time) =>
    windows.some(([from, to]) => time >= from.slice(0, 19) && time <= to.slice(0, 19));
  const day = 288;
  let sum = 0;
  const residuals = values.map((value, t) => {
    const residual = t === 0 ? 0 : value - sum / Math.min(t, day);
    sum += value - (t >= day ? values[t - day] : 0);
    return residual;
  });
  const changes = values.map((value, t) => value - values[Math.max(0, t - 1)]);
  return { columns: [values, changes, residuals], labels: rows.map(([time]) => (isWithin(time) ? 1 : 0)) };
}

export async function detectionCases(nab) {
  const data = [
    ["10,000 rows, 4 fields", scattered(10_000, 4, 1), true],
    ["1,000 rows, 4 fields", scattered(1_000, 4, 2)],
    ["groups, 5,000 rows, 2 fields", clusters(5_000, 3)],
    ["common factor, 5,000 rows, 6 fields", correlated(5_000, 4)],
    ["amounts, 10,000 rows, 3 fields", amounts(10_000, 5)],
  ];
  if (nab) for (const name of NAB) data.push([name.split("/")[1], await series(nab, name)]);
  const forest = data.map(([name, rows, hasLimit = false]) => ({
    name: `isolation forest, ${name}`,
    hasLimit,
    request: { task: "forest", ...rows, seeds: SEEDS },
  }));
  const machine = { name: "one-class SVM, 10,000 rows, 4 fields", hasLimit: false };
  return [
    ...forest,
    { ...machine, request: { task: "svm", ...data[0][1], training: 1_024, gamma: 0.25, nu: 0.1 } },
  ];
}
