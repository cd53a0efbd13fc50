// What runs in Node and not in a Worker, from the command line as a person would.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../../scripts/lib/paths.mjs";

const SPIKE_AT = 150;
/** A level that moves a little, and one value far from it. */
const values = Array.from({ length: 200 }, (_, i) =>
  i === SPIKE_AT ? 60 : 20 + Math.sin(i * 12.9898) + Math.cos(i * 78.233) / 2,
);
let folder;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stratosmesh-eval-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the command printed and how it ended. */
async function evaluate(...args) {
  const run = promisify(execFile)("node", ["scripts/eval.mjs", ...args], { cwd: ROOT });
  return run.then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    ({ code, stderr }) => ({ code, text: stderr }),
  );
}

function assertScores(scores) {
  expect(scores).toHaveLength(values.length);
  expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
  expect(scores.flatMap((score, i) => (score >= 0.5 ? [i] : []))).toEqual([SPIKE_AT]);
}

test("detect gives each value a score, the same for the same series wherever it stands", async () => {
  const [input, output] = [join(folder, "in.json"), join(folder, "out.json")];
  const series = ["a", "b"].map((id) => ({ id, m: 24, scoreFrom: 0, values }));
  await writeFile(input, JSON.stringify({ series }));
  const { code, text } = await evaluate("detect", input, output);
  expect(code).toBe(0);
  expect(text).toMatch(/2 series, 400 readings, 2 at the alert level/);
  const scores = JSON.parse(await readFile(output, "utf8"));
  assertScores(scores.a);
  expect(scores.b).toEqual(scores.a);
  await evaluate("detect", input, output, "--form", "compact");
  const compact = JSON.parse(await readFile(output, "utf8")).a;
  assertScores(compact);
  expect(compact).not.toEqual(scores.a);
});

test("detect-csv reads every file below a folder, a missing value without a score", async () => {
  const [input, output] = [join(folder, "csv"), join(folder, "scores.json")];
  await mkdir(join(input, "pump"), { recursive: true });
  const time = (i) =>
    new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString().slice(0, 19).replace("T", " ");
  const lines = values.map((value, i) => `${time(i)},${i === 10 ? "" : value}`);
  await writeFile(join(input, "pump", "day.csv"), ["timestamp,value", ...lines].join("\n"));
  const { code } = await evaluate("detect-csv", input, output);
  expect(code).toBe(0);
  const scores = JSON.parse(await readFile(output, "utf8"));
  expect(Object.keys(scores)).toEqual([join("pump", "day.csv")]);
  assertScores(scores[join("pump", "day.csv")]);
  expect(scores[join("pump", "day.csv")][10]).toBe(0);
});

test("detect and detect-csv end with 2 and say what is wrong with what they were given", async () => {
  const input = join(folder, "wrong.json");
  await writeFile(input, JSON.stringify({ series: [{ id: "a", m: 0, values: [1] }] }));
  const cases = [
    [["detect", input, join(folder, "x")], /series a needs a season m/],
    [["detect", join(folder, "none.json"), join(folder, "x")], /cannot be read: ENOENT/],
    [["detect", input], /OUT is missing/],
    [
      ["detect", join(folder, "in.json"), join(folder, "x"), "--form", "small"],
      /--form must be full or compact/,
    ],
    [["detect-csv", join(folder, "none"), join(folder, "x")], /cannot be read: ENOENT/],
  ];
  for (const [args, message] of cases) {
    const { code, text } = await evaluate(...args);
    expect(code, text).toBe(2);
    expect(text).toMatch(message);
  }
});
