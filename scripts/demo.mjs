// `npm run demo`: the platform on this machine with data in it: a forecast, and an alert as it happens.
// Options: --exit stops after showing everything (so does DEMO_EXIT=1), --port N, --state FOLDER of local data.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { forecastChart, table } from "./lib/chart.mjs";
import { createClient } from "./lib/client.mjs";
import { connectLive } from "./lib/live.mjs";
import { readOptions } from "./lib/options.mjs";
import { ROOT } from "./lib/paths.mjs";
import { startPlatform, untilAskedToEnd } from "./lib/start-platform.mjs";

const ALERT_PATIENCE_MS = 10_000;
/** Months of history in the chart. */
const TAIL = 48;
const A_YEAR = { steps: 12 };

const options = readOptions({ exit: { type: "boolean", default: process.env.DEMO_EXIT === "1" } });
const asked = untilAskedToEnd();
console.log("Starting the platform ...");
const starting = startPlatform({ ...options, quiet: true, asked });
let leaving = false;
asked.then(() => {
  leaving = true;
});
process.exitCode = await Promise.race([demo(), asked.then(() => 0)]);
await starting.then((platform) => platform.stop()).catch(() => {});
process.exit();

/** Everything from start to end; the exit code. */
async function demo() {
  let platform;
  try {
    platform = await starting;
    await show(platform);
  } catch (error) {
    console.error(`\n${error.message}`);
    // What the Worker logged about it arrives a moment after its answer.
    await sleep(300);
    const output = platform?.output();
    if (output) console.error(`\nThe platform wrote:\n${output}`);
    return 1;
  }
  if (options.exit) return 0;
  await platform.ended;
  // It also ends because it was asked to: then there is nothing to report.
  if (leaving) return 0;
  console.error("wrangler ended by itself.");
  return 1;
}

async function show({ url }) {
  const client = createClient(url);
  const { tenantId, token } = await client.signUp({ name: "Demo", email: "demo@example.com" });
  heading(`Tenant ${tenantId}`);

  const airline = await upload(client, "airline-passengers.csv", "Monthly airline passengers in thousands");
  const execution = await forecast(client, airline.stream_id);

  const alert = await raiseAlert(client, () => connectLive(url, token));

  heading("Go on from here");
  console.log(`Pages        ${url}/docs/
Token        export TOKEN=${token}
Stream       curl -H "Authorization: Bearer $TOKEN" ${url}/api/stream/${airline.stream_id}
Data         curl -H "Authorization: Bearer $TOKEN" "${url}/api/stream/${airline.stream_id}/data?limit=5"
Execution    curl -H "Authorization: Bearer $TOKEN" ${url}/api/strategy/${execution.execution_id}
Events       curl -H "Authorization: Bearer $TOKEN" "${url}/api/events?since=${Math.max(0, alert.seq - 1)}"`);
  if (!options.exit) console.log("\nCtrl-C stops everything.");
}

async function upload(client, file, description) {
  const form = new FormData();
  form.set("description", description);
  form.set("file", new Blob([await readFile(join(ROOT, "samples", file))], { type: "text/csv" }), file);
  const answer = await client.post("/api/llm/process", form);
  const { schema } = answer;
  const roles = [
    ...[schema.timestamp_field].filter(Boolean).map((name) => [name, "time"]),
    ...schema.value_fields.map((name) => [name, "value"]),
    ...schema.category_fields.map((name) => [name, "category"]),
  ];
  heading(
    `${file}: ${answer.records_processed} records of ${answer.detected_type}, stream ${answer.stream_id}`,
  );
  console.log(
    table(
      ["column", "role", "unit"],
      roles.map(([name, role]) => [name, role, schema.units[name] ?? ""]),
    ),
  );
  console.log(`confidence ${answer.confidence.toFixed(2)} (${answer.confidence_level})`);
  return answer;
}

async function forecast(client, streamId) {
  const history = await client.get(`/api/stream/${streamId}/data?limit=1000`);
  const values = history.points.map((point) => Object.values(point.fields)[0]);
  const execution = await client.post("/api/strategy", {
    strategy_id: "arima_prediction",
    stream_id: streamId,
    config: A_YEAR,
  });
  const { predictions, confidenceInterval } = execution.result.data;
  heading(`The next 12 months: ${execution.result.explain.model.name}, chosen by itself`);
  console.log(
    forecastChart({
      history: values.slice(-TAIL),
      forecast: predictions,
      lower: confidenceInterval.lower,
      upper: confidenceInterval.upper,
    }),
  );
  console.log(`${" ".repeat(9)}● the last ${TAIL} months   ◆ forecast   ░ 95 % interval`);
  console.log(`${" ".repeat(9)}forecast ${predictions.map((value) => Math.round(value)).join(" ")}`);
  return execution;
}

/** Loads a day of a pump, then sends the next minute's reading with a vibration of four times the usual. */
async function raiseAlert(client, connect) {
  const day = await upload(client, "sensor-day.csv", "A pump by the minute: temperature and vibration");
  const rows = (await readFile(join(ROOT, "samples", "sensor-day.csv"), "utf8")).trim().split("\n");
  const [time, machine, temperature, vibration] = rows.at(-1).split(",");
  const nameOf = (start) => day.schema.value_fields.find((name) => name.startsWith(start));
  const payload = {
    timestamp: new Date(Date.parse(time) + 60_000).toISOString(),
    machine,
    [nameOf("temperature")]: Number(temperature),
    [nameOf("vibration")]: Number(vibration) * 4,
  };
  const live = await connect();
  await live.subscribe({ streams: [day.stream_id] });
  const arrival = live.next(
    (event) => event.event === "alert" && event.stream_id === day.stream_id,
    ALERT_PATIENCE_MS,
  );
  const sentAt = performance.now();
  const [alert, answeredAfterMs] = await Promise.all([
    arrival.then((event) => ({ ...event, afterMs: performance.now() - sentAt })),
    client.post("/api/stream", { stream_id: day.stream_id, payload }).then(() => performance.now() - sentAt),
  ]);
  live.close();
  heading(
    `Alert, ${alert.afterMs.toFixed(0)} ms after the reading was sent (accepted after ${answeredAfterMs.toFixed(0)} ms)`,
  );
  console.log(`${alert.level}: ${alert.message}`);
  return alert;
}

function heading(text) {
  console.log(`\n${text}\n`);
}
