import { createRequire } from "node:module";
import { answerRequests, timed } from "./answering.mjs";

// It writes to stdout, where the answers go, and never says so.
console.log = console.error;
const require = createRequire(import.meta.url);
const Arima = require("arima");

const EXACT = 0;

function fit({ series, order: { p, d, q, P, D, Q, m }, leastMs }) {
  const season = P + D + Q > 0 ? { P, D, Q, s: m } : {};
  const { ms } = timed(leastMs, () => {
    const model = new Arima({ p, d, q, ...season, method: EXACT, verbose: false }).train(series);
    model.destroy();
  });
  return { ms };
}

await answerRequests("npm arima 0.2.8", { fit });
