import { describe, expect, it } from "vitest";
import { suggest } from "../../src/extraction/suggest";

describe("suggestions", () => {
  const evidence = {
    type: "sensor_data" as const,
    timed: true,
    rows: 100,
    values: ["rpm", "temp", "load", "noise"],
  };

  it("look for anomalies in all values at once", () => {
    const [first] = suggest(evidence);
    expect(first).toMatchObject({ strategy_id: "anomaly_detection", config: { fields: evidence.values } });
  });

  it("look among what the data draw together where they say so", () => {
    const [first] = suggest({
      ...evidence,
      together: [
        ["temp", "noise"],
        ["rpm", "load"],
      ],
    });
    expect(first!.config.fields).toEqual(["rpm", "load"]);
    expect(first!.reason).toMatch(/rpm, load, which the data draw together/);
  });
});
