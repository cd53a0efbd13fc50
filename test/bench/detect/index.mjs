// Batch detection beside its peers: `npm run bench -- --only detect`, or `node test/bench/detect/index.mjs` with the same
// options. Every contestant is a process that stays up and times itself around the call; rounds are interleaved, a figure
// is the fastest of its rounds, and the ratio is theirs by ours: above 1 we are faster. What is not installed is said so.
//
//   isolation forest   100 trees of 256 rows grown and all rows scored, from columns to scores; beside scikit-learn's
//                      IsolationForest (fit and score_samples, one core). AUC is the mean over ten seeds of each; the
//                      limits are 5 times as fast at 10,000 rows of 4 fields, and everywhere equal in AUC within 0.01.
//   one-class SVM      trained on 1,024 rows and all rows judged; beside scikit-learn's OneClassSVM.
//
// Options: --rounds N; --match TEXT, only the cases whose name holds it; --nab FOLDER, the folder with combined_windows.json
// and data/ of the Numenta Anomaly Benchmark, of which two series are taken as well; --json FILE, the figures. Ends with 1
// where a limit is missed.
import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { table } from "../../../scripts/lib/chart.mjs";
import { run } from "../../../scripts/lib/run.mjs";
import { Contestant } from "../forecast/contestant.mjs";
import { fastest, measure } from "../forecast/measure.mjs";
import { detectionCases } from "./cases.mjs";

const FASTER_BY = 5;
const SAME_AUC = 0.01;

/** Measures, prints, and returns the exit code. */
export async function detectBench({ rounds: wanted = "3", match = "", nab, json }) {
  const rounds = Number(wanted);
  if (!Number.isSafeInteger(rounds) || rounds < 1)
    throw new Error(`--rounds must be a whole number from 1 on, not ${wanted}.`);
  // A kernel older than its sources would be measured, and nobody would know.
  await run("node", ["scripts/build.mjs"]);
  const peer = (name) => join(import.meta.dirname, "peers", name);
  const ours = new Contestant(process.execPath, [peer("ours.mjs")]);
  const theirs = new Contestant("python3", [peer("peer.py")]);
  try {
    const versions = [await ours.start(), await theirs.start()];
    const rows = [];
    const cases = await detectionCases(nab && resolve(process.env.INIT_CWD ?? "", nab));
    for (const one of cases.filter(({ name }) => name.includes(match))) {
      const entries = [
        { label: "ours", contestant: ours, requests: [one.request] },
        versions[1] === null
          ? { label: "scikit-learn", absent: "not installed" }
          : { label: "scikit-learn", contestant: theirs, requests: [one.request] },
      ];
      rows.push(rowOf(one, await measure(entries, rounds, fastest)));
      console.error(`measured: ${one.name}`);
    }
    print(rows, versions);
    if (json) await writeFile(resolve(process.env.INIT_CWD ?? "", json), JSON.stringify(rows, null, 2));
    return rows.some((row) => row.isMissed) ? 1 : 0;
  } finally {
    ours.stop();
    theirs.stop();
  }
}

function rowOf({ name, hasLimit }, [ours, theirs]) {
  const ratio = ours.ms && theirs.ms ? theirs.ms / ours.ms : null;
  const [own, other] = [ours, theirs].map(({ answers }) => answers?.[0].auc ?? null);
  const isOther = own !== null && other !== null && Math.abs(own - other) > SAME_AUC;
  const isSlow = hasLimit && ratio !== null && ratio < FASTER_BY;
  return {
    name,
    measured: ours.ms ?? ours.absent,
    reference: theirs.ms ?? theirs.absent,
    ratio,
    auc: { ours: own, theirs: other },
    why: ours.why ?? theirs.why,
    verdict: isOther ? "another AUC" : isSlow ? `MISSED ${FASTER_BY}` : "",
    isMissed: isOther || isSlow || ours.ms === undefined,
  };
}

function print(rows, versions) {
  const figure = (value, digits = 3) =>
    typeof value === "number" ? value.toPrecision(digits) : (value ?? "");
  console.log(
    table(
      ["benchmark", "ours ms", "scikit-learn ms", "times as fast", "our AUC", "its AUC", ""],
      rows.map((row) => [
        row.name,
        figure(row.measured),
        figure(row.reference),
        figure(row.ratio),
        figure(row.auc.ours, 4),
        figure(row.auc.theirs, 4),
        row.verdict,
      ]),
    ),
  );
  console.log(`${versions.filter(Boolean).join("; ")}; ${cpus()[0].model}.`);
  for (const { name, why } of rows) if (why) console.log(`${name}: ${why}`);
}

const OPTIONS = Object.fromEntries(
  ["rounds", "match", "nab", "json"].map((name) => [name, { type: "string" }]),
);
if (import.meta.main) process.exit(await detectBench(parseArgs({ options: OPTIONS }).values));
