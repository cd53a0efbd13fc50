// How well generated data are read, by a few cases of each family: floors that the command's full run is well above.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { casesOf, FAMILIES } from "../../scripts/eval/extraction/families.mjs";
import { fitOdds, probabilityOf } from "../../scripts/eval/extraction/fit.mjs";
import { judge } from "../../scripts/eval/extraction/judge.mjs";
import { readCases } from "../../scripts/eval/extraction/read.mjs";
import { heldOut } from "../../scripts/eval/extraction.mjs";
import { halfOf } from "../../scripts/eval/halves.mjs";
import { reliabilityOf } from "../../scripts/eval/reliability-table.mjs";
import { ROOT } from "../../scripts/lib/paths.mjs";

const share = (results, of) => results.filter(of).length / results.length;

describe("three cases of each family", () => {
  let results;
  beforeAll(async () => {
    results = await readCases({ seed: "test", perFamily: 3 });
  });

  test("are read, and no date with day and month the wrong way round without a word", () => {
    expect(results.length).toBeGreaterThan(200);
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(results.filter(({ swapped }) => swapped).map(({ id }) => id)).toEqual([]);
  });

  test("have their rows, times, values and categories found", () => {
    expect(share(results, ({ rows }) => rows)).toBeGreaterThanOrEqual(0.98);
    expect(share(results, ({ time }) => time)).toBeGreaterThanOrEqual(0.95);
    expect(results.reduce((sum, { f1 }) => sum + f1, 0) / results.length).toBeGreaterThanOrEqual(0.97);
    expect(share(results, ({ recall }) => recall === 1)).toBeGreaterThanOrEqual(0.97);
  });

  test("are as right as their confidence says, by odds that other families taught too", () => {
    const answers = heldOut(results);
    for (const half of ["first", "second"]) {
      const own = answers.filter((answer) => answer.half === half);
      expect(reliabilityOf(own).brier).toBeLessThanOrEqual(0.08);
      expect(reliabilityOf(own, ({ fitted }) => fitted).brier).toBeLessThanOrEqual(0.08);
    }
    const wrong = answers.filter(({ right }) => !right);
    const meanSaid = (list) => list.reduce((sum, { confidence }) => sum + confidence, 0) / list.length;
    expect(meanSaid(wrong)).toBeLessThan(meanSaid(answers.filter(({ right }) => right)) - 0.2);
  });
});

test("cases are the same for the same seed and differ for another; both halves have families", () => {
  const bodies = (seed) => [...casesOf(seed, 1)].map(({ body }) => String(body).slice(0, 500));
  expect(bodies("a")).toEqual(bodies("a"));
  expect(bodies("b")).not.toEqual(bodies("a"));
  const first = Object.keys(FAMILIES).filter((family) => halfOf(family) === "first").length;
  expect(first).toBeGreaterThan(25);
  expect(Object.keys(FAMILIES).length - first).toBeGreaterThan(25);
});

test("a judgement tells a swapped date, a lost value, a group taken for a value and a lost row", () => {
  const march = Date.UTC(2024, 2, 4);
  const column = (name, role, ...cells) => ({ name, role, cells });
  const table = {
    times: [march, march],
    columns: [
      column("day", "time", "", ""),
      column("load", "value", 1, 2),
      column("place", "category", "a", "b"),
    ],
  };
  const point = (timestamp, load) => ({ timestamp: timestamp * 1_000, fields: { load } });
  const plan = (roles) => ({
    timestamp: { fields: ["day"] },
    columns: ["day", "load", "place"].map((name, i) => ({ name, role: roles[i] })),
  });
  const given = ["timestamp", "value", "category"];
  const answer = (changed) => ({
    plan: plan(given),
    ambiguities: [],
    points: [point(march, 1), point(march, 2)],
    ...changed,
  });
  expect(judge(answer({}), { table })).toMatchObject({
    rows: true,
    right: true,
    cells: true,
    swapped: false,
    problems: [],
  });
  const april = Date.UTC(2024, 3, 3);
  const swapped = { points: [point(april, 1), point(april, 2)] };
  expect(judge(answer(swapped), { table })).toMatchObject({ time: false, right: false, swapped: true });
  expect(judge(answer({ ...swapped, ambiguities: [{}] }), { table })).toMatchObject({
    time: false,
    swapped: false,
  });
  expect(judge(answer({ plan: plan(["timestamp", "attribute", "value"]) }), { table })).toMatchObject({
    f1: 0,
    recall: 0,
  });
  expect(judge(answer({ points: [point(march, 1)] }), { table }).rows).toBe(false);
  expect(judge(answer({ points: [point(march, 1), point(march, 7)] }), { table }).cells).toBe(false);
});

test("the fit finds the odds that answers were drawn from, and no doubt that speaks for one", () => {
  const none = { table: 0, time: 0, columns: 0, headerless: 0, fewRows: 0, unreadable: 0 };
  // Right in 9 of 10 without a doubt, in 1 of 4 with one of time, and always without a header.
  const drawn = [
    ...Array.from({ length: 2_000 }, (_, i) => ({ doubts: none, right: i % 10 > 0 })),
    ...Array.from({ length: 2_000 }, (_, i) => ({ doubts: { ...none, time: 1 }, right: i % 4 === 0 })),
    ...Array.from({ length: 2_000 }, () => ({ doubts: { ...none, headerless: 1 }, right: true })),
  ];
  const odds = fitOdds(drawn);
  expect(odds.headerless).toBe(0);
  expect(probabilityOf(odds, { ...none, time: 1 })).toBeCloseTo(0.25 * 0.95, 1);
  expect(probabilityOf(odds, none)).toBeGreaterThan(0.85);
});

test("the command prints its tables and writes what it judged", async () => {
  const folder = await mkdtemp(join(tmpdir(), "stratosmesh-eval-"));
  const file = join(folder, "out.json");
  const { stdout } = await promisify(execFile)(
    "node",
    ["scripts/eval.mjs", "extraction", "--cases", "1", "--fit", "--json", file],
    { cwd: ROOT },
  );
  expect(stdout).toMatch(/By odds fitted on the other half/);
  expect(stdout).toMatch(/^both +\d/m);
  const { answers } = JSON.parse(await readFile(file, "utf8"));
  expect(answers).toHaveLength(Object.keys(FAMILIES).length);
  expect(answers[0]).not.toHaveProperty("body");
  await rm(folder, { recursive: true });
});
