// Lets a strategy answer from origins of one series a message, as the API runs it, and holds each answer against what
// came; scripts/eval/reliability.mjs sends them.
import { parentPort, workerData } from "node:worker_threads";
import { loadModule } from "../lib/load-module.mjs";
import { timesOf } from "./times.mjs";

const { prepareStrategy } = await loadModule("src/analytics/strategies/registry.ts");
const { strategy } = workerData;

function answersOf({ freq, values, asked }) {
  const times = timesOf(freq, values.length);
  return asked.map(({ known, config }) => {
    const input = {
      field: "value",
      tags: {},
      times: times.slice(0, known),
      values: Float64Array.from(values.slice(0, known)),
    };
    try {
      return { known, ...held(prepareStrategy(strategy, config).run(input), values, known) };
    } catch (error) {
      if (error.failure === undefined) throw error;
      return { known, refused: error.failure.code };
    }
  });
}

function held({ data, confidence, explain }, values, known) {
  const { action, strength } = data.signal;
  const { horizon } = explain.confidence;
  const { minMovePercent } = explain.signal;
  const move = values[known - 1 + horizon] - values[known - 1];
  return {
    steps: horizon,
    action,
    strength,
    confidence,
    right: isRight(action, move, (minMovePercent / 100) * Math.abs(values[known - 1])),
  };
}

/** "Definitions" of the API; the current value is the last one as it was read. */
function isRight(action, move, leastMove) {
  if (action === "BUY" || action === "UP") return move > 0;
  if (action === "SELL" || action === "DOWN") return move < 0;
  return Math.abs(move) <= leastMove;
}

parentPort.on("message", (one) => {
  let answer;
  try {
    answer = { answers: answersOf(one) };
  } catch (error) {
    answer = { error: error.message };
  }
  parentPort.postMessage(answer);
});
parentPort.postMessage("ready");
