import { describe, expect, it } from "vitest";
import type { ExtractionPlan, ProcessAnswer } from "../../src/extraction/contract";
import { type Caller, newCaller } from "./support-process";

type Answer = ProcessAnswer & { job_id: string; stream_id: string };
interface StoredPoint {
  timestamp: string;
  fields: Record<string, number>;
}

const load = async (caller: Caller, text: string, fields: Record<string, string> = {}): Promise<Answer> =>
  (await caller.form({ stream_id: "s", ...fields }, { name: "s.csv", text })).json();
const replay = (caller: Caller, jobId: string, plan: ExtractionPlan, headers: Record<string, string> = {}) =>
  caller.call("POST", `/api/llm/jobs/${jobId}/replay`, { plan }, headers);
const points = async (caller: Caller): Promise<StoredPoint[]> => {
  const answer = await caller.call("GET", "/api/stream/s/data?limit=1000");
  return ((await answer.json()) as { points: StoredPoint[] }).points;
};
const withOrder = (plan: ExtractionPlan, order: "dmy" | "mdy"): ExtractionPlan => ({
  ...plan,
  tables: plan.tables.map((table) => ({ ...table, timestamp: { ...table.timestamp!, order } })),
});

/** Forty days written day first, and two rows by somebody who writes the month first. */
const mixed = (): string => {
  const rows = ["date,v"];
  for (let i = 0; i < 40; i++) {
    const at = new Date(Date.UTC(2024, 0, 1 + i));
    rows.push(`${String(at.getUTCDate()).padStart(2, "0")}/0${at.getUTCMonth() + 1}/2024,${i}`);
  }
  rows.push("02/28/2024,100", "02/29/2024,101");
  return `${rows.join("\n")}\n`;
};

describe("a replay", () => {
  it("loads the rows that were rejected under the corrected plan, and nothing twice", async () => {
    const caller = await newCaller();
    const first = await load(caller, mixed());
    expect(first).toMatchObject({ records_processed: 40, records_rejected: 2 });
    const answer = await replay(caller, first.job_id, withOrder(first.plan, "mdy"));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      stream_id: "s",
      records_processed: 2,
      records_rejected: 0,
    });
    const stored = await points(caller);
    expect(stored).toHaveLength(42);
    expect(stored.at(-1)).toMatchObject({ timestamp: "2024-02-29T00:00:00.000Z", fields: { v: 101 } });
    // The fifth of January stays what it was, though month first would make it the first of May.
    expect(stored[4]).toMatchObject({ timestamp: "2024-01-05T00:00:00.000Z", fields: { v: 4 } });
  });

  it("leaves in their places rows of one time that were stored, before and behind the one it adds", async () => {
    const caller = await newCaller();
    const day = (text: string) => `${text},`;
    const text = [
      "date,v",
      day("13/02/2024") + 1,
      day("02/13/2024") + 2,
      day("13/02/2024") + 3,
      "14/02/2024,4",
      "",
    ].join("\n");
    const first = await load(caller, text, { description: "dates are dd/mm/yyyy" });
    expect(first).toMatchObject({ records_processed: 3, records_rejected: 1 });
    await replay(caller, first.job_id, withOrder(first.plan, "mdy"));
    const values = (await points(caller)).map(({ fields }) => fields.v);
    expect(values.sort()).toEqual([1, 2, 3, 4]);
  });

  it("knows records apart that stand in one line", async () => {
    const caller = await newCaller();
    const record = (time: string, i: number) => `<a t="${time}" v="${i}"/>`;
    const days = Array.from({ length: 5 }, (_, i) => record(`2024-05-0${i + 1}`, i));
    const first = await load(caller, `<r>${days.join("")}${record("soon", 5)}</r>`);
    expect(first).toMatchObject({ records_processed: 5, records_rejected: 1 });
    const [table] = first.plan.tables;
    const timeless = { version: 1 as const, tables: [{ ...table!, timestamp: null }] };
    const answer = await replay(caller, first.job_id, timeless);
    expect(await answer.json()).toMatchObject({ records_processed: 1, records_rejected: 0 });
    expect(await points(caller)).toHaveLength(6);
  });

  it("loads rows without a time in their places, and once, when it is asked to keep them", async () => {
    const caller = await newCaller();
    const first = await load(caller, "name,v\na,1\nb,2\nc,\nd,4\n");
    expect(first.records_processed).toBe(4);
    await replay(caller, first.job_id, first.plan).then(({ status }) => expect(status).toBe(422));
    expect(await points(caller)).toHaveLength(4);
  });

  it("says which rows the corrected plan cannot read either, and can be done again under a third", async () => {
    const caller = await newCaller();
    const first = await load(caller, `${mixed()}never,102\n`);
    const second = (await (
      await replay(caller, first.job_id, withOrder(first.plan, "mdy"))
    ).json()) as Answer;
    expect(second).toMatchObject({ records_processed: 2, rejected: [{ row: 44 }] });
    const again = await caller.call("POST", `/api/llm/jobs/${second.job_id}/replay`, {
      plan: second.plan,
      desired_format: "records",
    });
    expect(await again.json()).toMatchObject({ records_processed: 1, records_rejected: 0 });
    expect(await points(caller)).toHaveLength(43);
  });

  it("is another tenant's 404, and its key answers again", async () => {
    const caller = await newCaller();
    const first = await load(caller, mixed());
    const plan = withOrder(first.plan, "mdy");
    expect((await replay(await newCaller(), first.job_id, plan)).status).toBe(404);
    const key = { "idempotency-key": "again" };
    const one = (await (await replay(caller, first.job_id, plan, key)).json()) as Answer;
    const two = await replay(caller, first.job_id, plan, key);
    expect(two.headers.get("idempotency-replayed")).toBe("true");
    expect(((await two.json()) as Answer).job_id).toBe(one.job_id);
  });
});
