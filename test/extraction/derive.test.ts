import { describe, expect, it } from "vitest";
import { type DerivedField, type ExtractionPlan, extractionPlanSchema } from "../../src/extraction/contract";
import { play } from "./support";

const TICKETS = [
  "opened,closed,team,note",
  "2024-03-01 10:00:00,2024-03-01 10:30:00,red,the printer works great again and everybody is happy",
  "2024-03-02 10:00:00,2024-03-03 10:00:00,blue,this is a terrible and awful failure of the whole floor",
  "2024-03-04 10:00:00,,red,nobody has looked at it so far but they will",
  "",
].join("\n");

const withDerived = (text: string, pick: (field: DerivedField) => boolean): ExtractionPlan => {
  const { plan, derivable } = play(text).body;
  const [table] = plan.tables;
  return extractionPlanSchema.parse({ ...plan, tables: [{ ...table, derived: derivable.filter(pick) }] });
};

describe("derived fields", () => {
  it("are offered by what the columns hold, and none is taken unasked", () => {
    const { body, points } = play(TICKETS);
    expect(body.derivable).toEqual([
      { name: "opened_to_closed_seconds", kind: "duration", of: ["opened", "closed"] },
      { name: "note_sentiment", kind: "sentiment", of: ["note"] },
      { name: "count", kind: "count", of: [] },
    ]);
    expect(points[0]!.fields).toEqual({});
  });

  it("are computed from their row, and missing where what they need is", () => {
    const { points, body } = play(TICKETS, { plan: withDerived(TICKETS, ({ kind }) => kind !== "count") });
    expect(points.map(({ fields }) => fields.opened_to_closed_seconds)).toEqual([1_800, 86_400, undefined]);
    expect(points[0]!.fields.note_sentiment).toBeGreaterThan(0);
    expect(points[1]!.fields.note_sentiment).toBeLessThan(0);
    expect(body.schema.value_fields).toEqual(["opened_to_closed_seconds", "note_sentiment"]);
  });

  it("count rows in which nothing else can be counted", () => {
    const { points } = play(TICKETS, { plan: withDerived(TICKETS, ({ kind }) => kind === "count") });
    expect(points.map(({ fields }) => fields)).toEqual([{ count: 1 }, { count: 1 }, { count: 1 }]);
    expect(play("day,v\n2024-01-01,1\n2024-01-02,2\n").body.derivable).toEqual([]);
  });

  it("never take the name of a column", () => {
    const text = "day,count of what was said by whom\n2024-01-01,a\n2024-01-02,b\n".replace(
      "count of what was said by whom",
      "count",
    );
    expect(play(text).body.derivable.map(({ name }) => name)).toEqual(["count_2"]);
  });

  it("are a closed list", () => {
    const { plan } = play(TICKETS).body;
    const table = { ...plan.tables[0], derived: [{ name: "x", kind: "eval", of: ["note"] }] };
    expect(extractionPlanSchema.safeParse({ ...plan, tables: [table] }).success).toBe(false);
    const short = { ...plan.tables[0], derived: [{ name: "x", kind: "duration", of: ["opened"] }] };
    expect(extractionPlanSchema.safeParse({ ...plan, tables: [short] }).success).toBe(false);
  });
});
