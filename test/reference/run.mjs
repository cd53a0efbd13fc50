/**
 * Runs the request examples of a document against a running platform, each with its own body, ids and files filled in.
 *   REFERENCE_DOC=path/to/document.md BASE_URL=http://127.0.0.1:3000 node test/reference/run.mjs
 * Examples of what the platform does not have yet are listed as such, not counted as passed. Exit 1 when one fails.
 */
import { readFileSync } from "node:fs";
import { examplesOf } from "./examples.mjs";

const documentPath = process.env.REFERENCE_DOC;
const base = process.env.BASE_URL ?? "http://127.0.0.1:3000";
if (!documentPath) {
  console.log("REFERENCE_DOC names no document: nothing to run.");
  process.exit(0);
}

const STRATEGIES = [
  "moving_average",
  "anomaly_detection",
  "arima_prediction",
  "hybrid_arima_ma",
  "auto_analysis",
];
const RUNS =
  /^(GET|HEAD|POST) \/health|^POST \/api\/(tenant|auth|auth\/refresh|stream|strategy|strategy\/backtest|llm\/process|llm\/analyze)$|^GET \/(metrics|api\/metrics\/|api\/strategy\/)|^PUT \/api\/tenant\//;
/** Strategies read what was written last: data come first, the financial file last of all data. */
const STEPS = [
  /POST \/api\/tenant$/,
  /POST \/api\/auth$/,
  /refresh$/,
  /PUT /,
  /POST \/api\/stream$/,
  /analyze$/,
  /process$/,
  /POST \/api\/strategy$/,
  /backtest$/,
  /./,
];

const state = {
  tenant_id: "",
  client_id: "",
  client_secret: "",
  refresh_token: "",
  token: "",
  execution_id: "",
};

/** Hourly prices of one share in the first half of January 2025: what "financial_data.csv" may hold. */
function financialCsv() {
  const rows = ["date,symbol,exchange,price,volume,high,low"];
  for (let i = 0; i < 350; i++) {
    const date = new Date(Date.UTC(2025, 0, 1, i)).toISOString();
    const price = 150 + Math.sin(i / 9) * 2 + i / 60 + ((i * 7919) % 13) / 26;
    rows.push(
      [
        date,
        "AAPL",
        "NASDAQ",
        price.toFixed(2),
        100_000 + ((i * 104_729) % 5_000),
        (price + 0.8).toFixed(2),
        (price - 0.7).toFixed(2),
      ].join(","),
    );
  }
  return rows.join("\n");
}

/** The fields that an example asks for and the financial file does not have: they are those of a stream of its own. */
function ownFields({ json }) {
  const { fields, field } = json?.config ?? {};
  const named = fields ?? (field ? [field] : []);
  return named.includes("price") ? [] : named;
}

/** Readings of the fields, hourly, one of them far out. */
function ownCsv(fields) {
  const rows = [["timestamp", ...fields].join(",")];
  for (let i = 0; i < 300; i++) {
    const date = new Date(Date.UTC(2025, 0, 1, i)).toISOString();
    const values = fields.map((_, f) => {
      const level = 50 * (f + 1);
      return (level + ((i * (7919 + 2 * f)) % 101) / 20 + (i === 200 && f === 0 ? 3 * level : 0)).toFixed(2);
    });
    rows.push([date, ...values].join(","));
  }
  return rows.join("\n");
}

/** Daily prices of the days that a backtest names. */
function dailyCsv({ start_date, end_date }) {
  const rows = ["date,close"];
  let price = 100;
  for (let at = Date.parse(start_date), i = 0; at <= Date.parse(end_date); at += 86_400_000, i++) {
    price *= 1 + (((i * 7919) % 101) - 48) / 4_000;
    rows.push(`${new Date(at).toISOString().slice(0, 10)},${price.toFixed(2)}`);
  }
  return rows.join("\n");
}

function ownData(example) {
  if (example.json?.start_date) return dailyCsv(example.json);
  const fields = ownFields(example);
  return fields.length > 0 ? ownCsv(fields) : null;
}

/** What an example cannot know: ids and credentials. Everything else is sent as the document has it. */
const filled = (json) =>
  Object.fromEntries(
    Object.entries(json).map(([key, value]) => [key, state[key] && key !== "token" ? state[key] : value]),
  );

function unavailable(example) {
  if (example.host && !example.host.endsWith(":3000")) return "another service of the first version";
  if (!RUNS.test(`${example.method} ${example.path}`)) return "no such route yet";
  const strategy = example.json?.strategy_id;
  if (strategy && !STRATEGIES.includes(strategy)) return `no strategy ${strategy} yet`;
  return null;
}

/** Makes the example's own stream the one last written to. */
async function sendOwnData(example) {
  const data = ownData(example);
  if (data === null) return;
  const body = new FormData();
  body.set("file", new Blob([data], { type: "text/csv" }), "own.csv");
  body.set("stream_id", `own_${example.line}`);
  const headers = { authorization: `Bearer ${state.token}` };
  const answer = await fetch(`${base}/api/llm/process`, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`the data of line ${example.line} were answered with ${answer.status}`);
}

async function send(example) {
  await sendOwnData(example);
  const path = example.path
    .replace("{execution_id}", state.execution_id)
    .replace(/YOUR_TENANT_ID|\{tenant_id\}/, state.tenant_id);
  const headers = state.token ? { authorization: `Bearer ${state.token}` } : {};
  let body;
  if (example.form) {
    body = new FormData();
    for (const [name, value] of Object.entries(example.form)) {
      if (name === "file")
        body.set("file", new Blob([financialCsv()], { type: "text/csv" }), "financial_data.csv");
      else body.set(name, value);
    }
  } else if (example.json) {
    body = JSON.stringify(filled(example.json));
    // A browser's fetch with a string body says text/plain; curl and http examples name their type.
    if (example.kind !== "fetch") headers["content-type"] = "application/json";
  }
  const answer = await fetch(base + path, { method: example.method, headers, body });
  return { status: answer.status, json: await answer.json().catch(() => null) };
}

function remember(example, { json }) {
  // A token of fewer scopes is what that example asked for, and no use to the others.
  if (example.json?.scopes) return;
  if (json?.client_credentials)
    Object.assign(state, { tenant_id: json.tenant_id, ...json.client_credentials, token: "" });
  if (json?.access_token)
    Object.assign(state, { token: json.access_token, refresh_token: json.refresh_token });
  if (json?.execution_id) state.execution_id = json.execution_id;
}

/** Those with a stream of their own come after the ones that read the financial file. */
const stepOf = (example) =>
  STEPS.findIndex((step) => step.test(`${example.method} ${example.path}`)) +
  (ownFields(example).length > 0 ? 0.5 : 0);
const examples = examplesOf(readFileSync(documentPath, "utf8"));
const runnable = examples
  .filter((example) => unavailable(example) === null)
  .sort((a, b) => stepOf(a) - stepOf(b) || (b.kind === "fetch") - (a.kind === "fetch"));
const counts = { passed: 0, failed: 0 };
for (const example of runnable) {
  const answer = await send(example);
  remember(example, answer);
  const well = answer.status >= 200 && answer.status < 300;
  counts[well ? "passed" : "failed"]++;
  console.log(
    `${well ? "ok  " : "FAIL"} ${example.kind} line ${example.line}: ${example.method} ${example.path} -> ${answer.status}`,
  );
  if (!well) console.log(JSON.stringify(answer.json, null, 2));
  else if (process.env.VERBOSE) console.log(JSON.stringify(answer.json).slice(0, 1_200));
}
for (const example of examples) {
  const why = unavailable(example);
  if (why)
    console.log(`--   ${example.kind} line ${example.line}: ${example.method} ${example.path}: ${why}`);
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${examples.length - runnable.length} skipped`);
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);
