import { writeFile } from "node:fs/promises";
import { loadModule } from "../lib/load-module.mjs";
import { UsageError } from "./usage.mjs";

const ALERT_LEVEL = 0.5;

export const FORM = { form: { type: "string", default: "full" } };

let loaded;

/**
 * Each series through one detector, reading by reading from a state of its own, as the stream object does; `times` in
 * microseconds, `settings` those of streams unless given.
 */
export async function scoresOf(series, form, settings) {
  if (form !== "full" && form !== "compact")
    throw new UsageError(`--form must be full or compact, not ${form}.`);
  loaded ??= await loadModule("src/analytics/detection/streaming/detector.ts");
  const { createState, StreamingDetector } = loaded;
  const detector = new StreamingDetector(undefined, settings);
  return series.map(({ id, times, values }) => {
    const started = process.cpuUsage();
    detector.use(createState(form));
    const scores = values.map((value, i) => detector.observe(times[i], value));
    const { user, system } = process.cpuUsage(started);
    return { id, scores, cpuMicros: user + system, bytes: detector.state.byteLength };
  });
}

export async function writeScores(path, judged) {
  const scores = Object.fromEntries(judged.map((one) => [one.id, one.scores]));
  await writeFile(path, JSON.stringify(scores)).catch((error) => {
    throw new UsageError(`${path} cannot be written: ${error.code ?? error.message}`);
  });
}

export function report(judged) {
  const readings = judged.reduce((sum, { scores }) => sum + scores.length, 0);
  const alerts = judged.reduce(
    (sum, { scores }) => sum + scores.filter((one) => one >= ALERT_LEVEL).length,
    0,
  );
  const micros = judged.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0) / Math.max(1, readings);
  const largest = Math.max(0, ...judged.map(({ bytes }) => bytes));
  console.log(
    `${judged.length} series, ${readings} readings, ${alerts} at the alert level; ` +
      `${micros.toFixed(2)} µs of CPU a reading, state of at most ${largest} bytes.`,
  );
}
