import { describe, expect, it } from "vitest";
import { eventsOf } from "../../src/analytics/announce";
import type { StrategyResult } from "../../src/analytics/contract";
import type { Findings } from "../../src/analytics/run";
import { noise, run } from "./strategies/findings";

const subject = { executionId: "exec_1", strategyId: "auto_analysis", streamId: "plant", nowMs: 0 };
const resolved = {
  stream_id: "plant",
  field: "value",
  tags: { unit: "7" },
  rows: 300,
  from: null,
  to: null,
  reason: "",
};
const quiet = noise(300).map((value) => 20 + value);
const values = (spike: number) => quiet.map((value, i) => (i === 250 ? spike : value));
const findings = (result: StrategyResult): Findings => ({ resolved, result });
const alertOf = (result: StrategyResult) =>
  eventsOf(subject, findings(result)).find(({ event }) => event === "alert");

describe("an alert of an execution", () => {
  it.each(["anomaly_detection", "auto_analysis"])("is raised by %s, in the words of the anomaly", (id) => {
    const result = run(id, { quick: true }, values(90));
    expect(alertOf(result)).toMatchObject({
      level: "CRITICAL",
      message: expect.stringContaining("value is 90, above the expected"),
      stream_id: "plant",
      context: {
        stream_id: "plant",
        tags: { unit: "7" },
        field: "value",
        value: 90,
        kind: "spike",
        bounds: { lower: expect.any(Number), upper: expect.any(Number) },
        alert_count: 1,
      },
    });
  });

  it("is none where nothing reaches the level that was asked for", () => {
    const mild = run("anomaly_detection", { alert_level: "CRITICAL", threshold: 5 }, values(27));
    expect(alertOf(mild)).toBeUndefined();
    expect(alertOf(run("moving_average", {}, values(90)))).toBeUndefined();
  });
});
