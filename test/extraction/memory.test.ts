import { describe, expect, it } from "vitest";
import { recall } from "../../src/extraction/memory";
import { type KeptPlan, type PlanOrigin, shapePlanOf } from "../../src/extraction/shape";
import { play } from "./support";

const tableOf = (text: string) => play(text).understanding.tables[0]!;

/** What is kept after a text was loaded. */
function keptOf(text: string, origin: PlanOrigin = "code"): KeptPlan {
  const { plan, confidence } = tableOf(text);
  const of = { shapeId: "s", version: 4, jobId: "j", createdAt: 0 };
  return { ...of, origin, confidence, plan: shapePlanOf(plan) };
}

const days = (write: (day: string, at: number) => string): string =>
  Array.from({ length: 24 }, (_, i) => `${write(String(i + 1).padStart(2, "0"), i)}\n`).join("");
const roles = ({ plan }: { plan: { columns: { name: string; role: string }[] } }) =>
  Object.fromEntries(plan.columns.map(({ name, role }) => [name, role]));
/** Rows of which a third end early: the table is less sure than one whose rows are whole. */
const ragged = (cell: (at: number) => string): string =>
  `date,v,w\n${days((day, i) => `2024-01-${day},${i}${i % 3 === 0 ? "" : `,${cell(i)}`}`)}`;

describe("a plan that code has kept for a shape", () => {
  it("does not hide what stands in a column that was empty", () => {
    const kept = keptOf(`date,v,w\n${days((day, i) => `2023-01-${day},${i},`)}`);
    expect(kept.plan.columns[2]).toMatchObject({ role: "ignored", type: "empty" });
    const later = tableOf(ragged((i) => String(i * 5)));
    expect(later.confidence).toBeLessThan(kept.confidence);
    expect(roles(recall(later, kept))).toEqual({ date: "timestamp", v: "value", w: "value" });
  });

  it("does not make categories of numbers because there were words", () => {
    const kept = keptOf(`date,v,w\n${days((day, i) => `2023-01-${day},${i},${i % 2 ? "on" : "off"}`)}`);
    expect(roles(recall(tableOf(ragged((i) => String(i * 5))), kept))).toMatchObject({ w: "value" });
  });

  it("says nothing of dates in another notation", () => {
    const kept = keptOf(`date,v\n${days((day, i) => `202401${day},${i}`)}`);
    const later = tableOf(`date,v\n${days((day, i) => `${day}/02/24,${i}`)}`);
    const recalled = recall(later, kept);
    expect(recalled.plan.timestamp).toEqual(later.plan.timestamp);
    expect(recalled.ambiguities).toEqual(later.ambiguities);
  });

  it("answers a question only with one of the readings that were asked about", () => {
    const kept = keptOf(`date,v\n${days((day, i) => `2024-01-${day},${i}`)}`);
    const later = tableOf("date,v\n02-05-2024,1\n07-05-2024,2\n04-05-2024,3\n");
    expect(later.ambiguities).toHaveLength(1);
    expect(recall(later, kept).ambiguities).toEqual(later.ambiguities);
    const settled = keptOf(`date,v\n${days((day, i) => `${day}-01-2024,${i}`)}`);
    expect(recall(later, settled)).toMatchObject({ ambiguities: [], keptVersion: 4 });
  });

  it("gives way to no column of a plan that a person settled", () => {
    const kept = keptOf(`date,v,w\n${days((day, i) => `2023-01-${day},${i},`)}`, "person");
    expect(roles(recall(tableOf(ragged((i) => String(i * 5))), kept))).toMatchObject({ w: "ignored" });
  });
});
