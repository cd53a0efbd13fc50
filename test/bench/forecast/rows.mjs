// A row for each case and peer: `{name, unit, measured, against, reference, ratio, …}`, `measured` being ours.
import { fastest, measure } from "./measure.mjs";

/** Our likelihood by that in C. */
const NATIVE_LIMIT = 1.3;
const SAME_LIKELIHOOD = 1e-8;
/** An evaluation takes microseconds: more rounds cost nothing and steady the ratio that has a limit. */
const EVALUATION_ROUNDS = 5;

export async function fitRows({ name, requests }, field, { rounds }) {
  const entries = [
    entry("ours", field.ours, requests),
    entry("R arima, ML", field.r, requests, { method: "ML" }),
    entry("R arima, CSS-ML", field.r, requests, { method: "CSS-ML" }),
    entry("statsmodels", field.statsmodels, requests),
    entry("npm arima", field.npmArima, requests),
  ];
  return rowsOf(name, "ms", await measure(entries, rounds));
}

export async function evaluationRows({ name, ...problem }, field, { rounds }) {
  const rows = [];
  for (const isWhole of [false, true]) {
    const requests = [{ ...problem, task: isWhole ? "evaluateWhole" : "evaluate", isWhole }];
    const entries = [entry("ours", field.ours, requests), entry("C, gcc -O3", field.native, requests)];
    const outcomes = await measure(entries, rounds * EVALUATION_ROUNDS, fastest);
    const [row] = rowsOf(isWhole ? name.replace("likelihood", "likelihood call") : name, "µs", outcomes);
    const isOther = Math.abs(row.logLikelihood ?? 0) > SAME_LIKELIHOOD;
    const isOver = !isWhole && row.ratio > NATIVE_LIMIT;
    const verdict = isOther ? "another likelihood" : isOver ? `MISSED ${NATIVE_LIMIT}` : "";
    rows.push({ ...row, verdict, isMissed: isOther || isOver });
  }
  return rows;
}

export async function automaticRows({ name, requests, isSlow }, field, { rounds, slow }) {
  const label = requests[0].task === "auto" ? "R auto.arima" : "R arima, ets, theta";
  const theirs = isSlow && !slow ? { label, absent: "with --slow" } : entry(label, field.r, requests);
  return rowsOf(name, "ms", await measure([entry("ours", field.ours, requests), theirs], rounds));
}

function entry(label, { contestant, version }, requests, more = {}) {
  if (version === null) return { label, absent: "not installed" };
  return { label, contestant, requests: requests.map((request) => ({ ...request, ...more })) };
}

/** Figures in `unit`; null where there is none, and then `absent` has a word in its place and `why` perhaps a reason. */
function rowsOf(name, unit, [ours, ...peers]) {
  const scaled = ({ ms }) => (ms === undefined ? null : ms * (unit === "µs" ? 1_000 : 1));
  const both = (of, combine) => (theirs) => {
    const [own, other] = [of(ours), of(theirs)];
    return own === undefined || other === undefined ? null : combine(own, other);
  };
  const ratio = both(
    ({ ms }) => ms,
    (own, other) => own / other,
  );
  const likelihood = both(
    ({ answers }) => answers?.[0].logLikelihood,
    (own, other) => own - other,
  );
  const modelsOf = ({ answers }) => answers?.flatMap(({ model }) => model ?? []) ?? [];
  return peers.map((theirs) => ({
    name,
    unit,
    measured: scaled(ours),
    against: theirs.label,
    reference: scaled(theirs),
    ratio: ratio(theirs),
    /** Ours less theirs. */
    logLikelihood: likelihood(theirs),
    absent: { measured: ours.absent, reference: theirs.absent },
    why: theirs.why ?? ours.why,
    models: { ours: modelsOf(ours), theirs: modelsOf(theirs) },
    rounds: { ours: ours.rounds, theirs: theirs.rounds },
    withErrors: ours.answers?.[0].withErrors,
    verdict: "",
    isMissed: false,
  }));
}
