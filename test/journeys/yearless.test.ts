import { describe, expect, it } from "vitest";
import type { ExtractionPlan, ProcessAnswer } from "../../src/extraction/contract";
import { newCaller } from "./support-process";

type Answer = ProcessAnswer & { job_id: string };

/** Two days around the turn of a year, as tables for people write them. */
const TEXT = `time,load\n30 Dec 23:00,1\n31 Dec 23:00,2\n1 Jan 01:00,3\n`;

const withYear = (plan: ExtractionPlan, year: number): ExtractionPlan => ({
  ...plan,
  tables: plan.tables.map((table) => ({
    ...table,
    timestamp: { ...table.timestamp!, yearless: { year, rows: "ascending" } },
  })),
});

describe("times without a year", () => {
  it("are loaded as of the latest year that is not of the future, asked for, and set by a person", async () => {
    const caller = await newCaller();
    const load = async (fields: Record<string, string>) =>
      (await (await caller.form(fields, { name: "load.csv", text: TEXT })).json()) as Answer;
    const times = async (stream: string) => {
      const answer = await caller.call("GET", `/api/stream/${stream}/data?limit=10`);
      const { points } = (await answer.json()) as { points: { timestamp: string }[] };
      return points.map(({ timestamp }) => timestamp);
    };

    const found = await load({ stream_id: "found" });
    expect(found.records_processed).toBe(3);
    expect(found.ambiguities[0]!.question).toContain("no year");
    const stored = await times("found");
    expect(stored.map((time) => time.slice(4))).toEqual([
      "-12-30T23:00:00.000Z",
      "-12-31T23:00:00.000Z",
      "-01-01T01:00:00.000Z",
    ]);
    expect(Number(stored[2]!.slice(0, 4))).toBe(Number(stored[0]!.slice(0, 4)) + 1);
    expect(Date.parse(stored[2]!)).toBeLessThan(Date.now() + 86_400_000);
    expect(Date.parse(stored[2]!)).toBeGreaterThan(Date.now() - 366 * 86_400_000);

    const plan = JSON.stringify(withYear(found.plan, 2019));
    const set = await load({ stream_id: "set", plan });
    expect(set.ambiguities).toEqual([]);
    expect((await times("set")).map((time) => time.slice(0, 4))).toEqual(["2019", "2019", "2020"]);

    // What a person has settled is kept, but for the year: the next table has its own.
    const next = await load({ stream_id: "next", description: "Load of the winter of December 2021" });
    expect(next.plan_version).not.toBeNull();
    expect((await times("next"))[0]).toBe("2021-12-30T23:00:00.000Z");
  });

  it("of no such year are refused in a plan", async () => {
    const caller = await newCaller();
    const found = (await (await caller.form({}, { name: "load.csv", text: TEXT })).json()) as Answer;
    const answer = await caller.form(
      { plan: JSON.stringify(withYear(found.plan, 20_240)) },
      { name: "load.csv", text: TEXT },
    );
    expect(answer.status).toBe(422);
  });
});
