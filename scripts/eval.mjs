// `npm run eval -- KIND …`: what the project computes, over a file of cases and into a file, for a scorer to judge. The
// code is that of the Worker (scripts/lib/load-module.mjs); reading, spreading over cores and writing are done here.
//   npm run eval -- forecast IN OUT [--strategy auto|arima|hybrid] [--jobs N] [--budget UNITS]
//   npm run eval -- reliability IN OUT [--strategy NAME] [--config JSON] [--steps N|own] [--half first|second|both]
//   npm run eval -- calibration FILE... [--half first|second|both]
//   npm run eval -- detect IN OUT [--form full|compact]
//   npm run eval -- detect-csv DIR OUT [--form full|compact]
//   npm run eval -- detect-noise [TRIALS]
//   npm run eval -- detect-split NAB NAB_SCORER INJECTED INJECTED_SCORER
//   npm run eval -- extraction [--seed N] [--cases N] [--fit] [--json FILE]
//   npm run eval -- inject IN OUT [--seed N] [--except INJECTED]
// Ends with 1 when a case failed, after the others are written; with 2 when it was asked for wrongly.
import { calibration } from "./eval/calibration.mjs";
import { detect } from "./eval/detect.mjs";
import { detectCsv } from "./eval/detect-csv.mjs";
import { detectNoise } from "./eval/detect-noise.mjs";
import { detectSplit } from "./eval/detect-split.mjs";
import { extraction } from "./eval/extraction.mjs";
import { forecast } from "./eval/forecast.mjs";
import { inject } from "./eval/inject.mjs";
import { reliability } from "./eval/reliability.mjs";
import { UsageError } from "./eval/usage.mjs";
import { run } from "./lib/run.mjs";

/** Each: `usage`, one line, and `run(arguments)`, which returns an exit code or throws a UsageError. */
const KINDS = {
  forecast,
  reliability,
  calibration,
  detect,
  "detect-csv": detectCsv,
  "detect-noise": detectNoise,
  "detect-split": detectSplit,
  extraction,
  inject,
};

const [name = "", ...rest] = process.argv.slice(2);
const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : null;
try {
  if (!kind) throw new UsageError(name === "" ? "What shall be evaluated?" : `There is no kind "${name}".`);
  // A kernel older than its sources would be evaluated, and nobody would know.
  await run("node", ["scripts/build.mjs"]);
  process.exitCode = await kind.run(rest);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  const usages = (kind ? [kind] : Object.values(KINDS)).map(({ usage }) => `  npm run eval -- ${usage}`);
  console.error([error.message, "Usage:", ...usages].join("\n"));
  process.exitCode = 2;
}
