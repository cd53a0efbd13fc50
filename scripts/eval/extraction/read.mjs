// Cases through the code of the Worker: what it answers, how right that is, and what confidence followed from.
import { loadModule } from "../../lib/load-module.mjs";
import { casesOf } from "./families.mjs";
import { judge } from "./judge.mjs";

const bytesOf = (body) => (typeof body === "string" ? new TextEncoder().encode(body) : body);
/** A column that never changes has no role that could be wrong. */
const isConstant = ({ cells }) => cells.length >= 3 && new Set(cells).size === 1;
const truthful = (table) => ({
  ...table,
  columns: table.columns.map((column) =>
    column.role !== "time" && isConstant(column) ? { ...column, role: "any" } : column,
  ),
});

/** Reads so many cases of each family: `{family, id, confidence, doubts, ...judgement}`, or `error` where it was refused. */
export async function readCases({ seed, perFamily, families }) {
  const [{ understand }, { answer }, { applyPlan, newAccounting }, { doubtsOf }] = await Promise.all(
    ["understand.ts", "answer.ts", "apply.ts", "infer/confidence.ts"].map((file) =>
      loadModule(`src/extraction/${file}`),
    ),
  );
  const results = [];
  for (const { family, id, body, table } of casesOf(seed, perFamily, families)) {
    const truth = { table: truthful(table) };
    try {
      const understanding = await understand(bytesOf(body));
      const [understood] = understanding.tables;
      const accounting = newAccounting();
      const points = [...applyPlan(understood.plan, understood.table, accounting)].flatMap(
        (row) => row.point ?? [],
      );
      const stored = { ...accounting, accepted: accounting.processed, updated: 0, duplicates: 0 };
      const { confidence } = answer(understanding, [{ understood, accounting: stored, streamId: "stream" }]);
      const { plan, ambiguities, evidence } = understood;
      results.push({
        family,
        id,
        body,
        confidence,
        said: understood.confidence,
        doubts: doubtsOf(evidence),
        ...judge({ plan, ambiguities, points }, truth),
      });
    } catch (error) {
      if (error.code === undefined) throw new Error(`${id}: ${error.message}`, { cause: error });
      results.push({ family, id, body, error: error.code });
    }
  }
  return results;
}
