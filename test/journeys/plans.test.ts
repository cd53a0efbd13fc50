import { describe, expect, it } from "vitest";
import type { ExtractionPlan, ProcessAnswer } from "../../src/extraction/contract";
import { type Caller, newCaller } from "./support-process";

type Answer = ProcessAnswer & { job_id: string; stream_id: string };

const load = async (caller: Caller, text: string, fields: Record<string, string> = {}): Promise<Answer> =>
  (await caller.form({ stream_id: "s", ...fields }, { name: "s.csv", text })).json();
const kept = async (caller: Caller) =>
  (await (await caller.call("GET", "/api/llm/plans")).json()) as {
    plans: { shape_id: string; version: number; origin: string; plan: { timestamp: { order: string } } }[];
  };
const extent = async (caller: Caller): Promise<string | undefined> => {
  const data = await caller.call("GET", "/api/stream/s/data?limit=1");
  return ((await data.json()) as { points: { timestamp: string }[] }).points[0]?.timestamp;
};

/** Every day of a month, so that the order of day and month is settled; or the first days only, so that it is not. */
const dated = (days: number, month: number): string => {
  const rows = ["date,v"];
  for (let day = 1; day <= days; day++)
    rows.push(`${String(day).padStart(2, "0")}/${String(month).padStart(2, "0")}/2024,${day * 1.5}`);
  return `${rows.join("\n")}\n`;
};
/** Days that say neither order: the twelve first of months apart. */
const open = ["date,v", "02/05/2024,1.5", "07/05/2024,2.5", "04/05/2024,0.5", ""].join("\n");

describe("plans of shapes", () => {
  it("read an open date as earlier data of the shape settled it, and say so", async () => {
    const caller = await newCaller();
    const alone = await load(await newCaller(), open);
    expect(alone.ambiguities).toHaveLength(1);
    await load(caller, dated(31, 1), { stream_id: "january" });
    const answer = await load(caller, open);
    expect(answer).toMatchObject({ ambiguities: [], plan_version: 1 });
    expect(answer.confidence).toBeGreaterThan(alone.confidence);
    expect(answer.warnings.join()).toMatch(/plan version 1/);
    expect(await extent(caller)).toBe("2024-05-02T00:00:00.000Z");
  });

  it("do not read a date that the data settle otherwise", async () => {
    const caller = await newCaller();
    await load(caller, dated(31, 1), { stream_id: "january" });
    const american = await load(
      caller,
      ["date,v", "05/13/2024,1", "05/14/2024,2", "05/15/2024,3", ""].join("\n"),
    );
    expect(american).toMatchObject({ records_processed: 3, records_rejected: 0 });
    expect(await extent(caller)).toBe("2024-05-13T00:00:00.000Z");
  });

  it("are a person's where one was given, over what code finds, until it is forgotten", async () => {
    const caller = await newCaller();
    const first = await load(caller, dated(31, 1), { stream_id: "first" });
    const plan: ExtractionPlan = {
      ...first.plan,
      tables: first.plan.tables.map((table) => ({
        ...table,
        columns: table.columns.map((column) =>
          column.name === "v" ? { ...column, name: "load_kw" } : column,
        ),
      })),
    };
    await load(caller, dated(31, 3), { stream_id: "second", plan: JSON.stringify(plan) });
    const third = await load(caller, dated(31, 5));
    expect(third.schema.value_fields).toEqual(["load_kw"]);
    const { plans } = await kept(caller);
    expect(plans).toMatchObject([{ version: 2, origin: "person", shape_id: third.shape_id }]);
    const path = `/api/llm/plans/${plans[0]!.shape_id}`;
    const versions = (await (await caller.call("GET", path)).json()) as { versions: { version: number }[] };
    expect(versions.versions.map(({ version }) => version)).toEqual([2, 1]);
    expect(await (await caller.call("DELETE", path)).json()).toEqual({ versions: 2 });
    expect((await caller.call("GET", path)).status).toBe(404);
    expect((await load(caller, dated(31, 7))).schema.value_fields).toEqual(["v"]);
  });

  it("are the tenant's own, and gone with its data", async () => {
    const caller = await newCaller();
    await load(caller, dated(31, 1), { stream_id: "first" });
    expect((await kept(await newCaller())).plans).toEqual([]);
    await caller.call("DELETE", `/api/tenant/${caller.tenantId}/data?confirm=${caller.tenantId}`);
    expect((await kept(caller)).plans).toEqual([]);
  });
});
