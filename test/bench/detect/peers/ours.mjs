// What the Worker runs, in Node.
import { loadModule } from "../../../../scripts/lib/load-module.mjs";
import { answerRequests, timed } from "../../forecast/peers/answering.mjs";
import { aucOf } from "../random.mjs";

const { FOREST, isolationScores } = await loadModule("src/analytics/kernel/forest.ts");
const { oneClassSimilarities } = await loadModule("src/analytics/kernel/svm.ts");

const columnsOf = ({ columns }) => columns.map((column) => Float64Array.from(column));

function forest({ labels, seeds, leastMs, ...request }) {
  const columns = columnsOf(request);
  const scoresOf = (seed) => isolationScores(columns, { ...FOREST, seed });
  const { ms } = timed(leastMs, () => scoresOf(1));
  const auc = seeds.reduce((sum, seed) => sum + aucOf(scoresOf(seed), labels) / seeds.length, 0);
  return { ms, auc };
}

function svm({ labels, training, gamma, nu, leastMs, ...request }) {
  const columns = columnsOf(request);
  const first = columns.map((column) => column.slice(0, training));
  const { ms, result } = timed(leastMs, () => oneClassSimilarities(first, columns, { gamma, nu }));
  const oddities = result.similarities.map((similarity) => -similarity);
  return { ms, auc: aucOf(oddities, labels) };
}

await answerRequests(`ours, node ${process.version}`, { forest, svm });
