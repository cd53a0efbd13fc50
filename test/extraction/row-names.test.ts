import { describe, expect, it } from "vitest";
import { play } from "./support";

describe("a header that is one name short", () => {
  const rows = ["a,2024-05-01,1.5", "b,2024-05-02,2.5", "c,2024-05-03,4"];

  it("names the columns behind the names of rows, as R writes them", () => {
    const { body, points } = play(["day,load", ...rows, ""].join("\n"));
    expect(body.records_processed).toBe(rows.length);
    expect(body.schema.timestamp_field).toBe("day");
    expect(body.schema.value_fields).toEqual(["load"]);
    expect(points.map(({ fields }) => fields.load)).toEqual([1.5, 2.5, 4]);
  });

  it("is found again by a kept plan, between quotes and tabs too", () => {
    const quoted = [
      "day\tload",
      ...rows.map((row) => row.replace(/^./, '"$&"').replaceAll(",", "\t")),
      "",
    ].join("\n");
    const first = play(quoted);
    expect(first.body.schema.value_fields).toEqual(["load"]);
    expect(play(quoted, { plan: first.body.plan }).points).toEqual(first.points);
  });

  it("is a line above the table where the first column repeats itself", () => {
    const { body } = play(["day,load", ...rows.map((row) => row.replace(/^./, "a")), ""].join("\n"));
    expect(body.plan.tables[0]!.dialect).not.toHaveProperty("row_names");
  });
});
