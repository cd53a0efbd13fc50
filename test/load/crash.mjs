// `npm run test:crash`: writers against the platform as `npm run serve` starts it, on data of its own, while its runtime
// is killed (kill -9) again and again. What was acknowledged must be there, once; what was not, wholly or not at all.
// Options: --kills 200 (20 for a quick look), --port N (and the one after it), --seed N, --keep leaves the data there.
// Process kills only: nothing here says what a loss of power does.
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseEnv } from "node:util";
import { createClient } from "../../scripts/lib/client.mjs";
import { readOptions } from "../../scripts/lib/options.mjs";
import { DEV_VARS, ROOT } from "../../scripts/lib/paths.mjs";
import { untilAskedToEnd } from "../../scripts/lib/start-platform.mjs";
import { Platform } from "./crash/platform.mjs";
import { readStored } from "./crash/stored.mjs";
import { Gone, Writers } from "./crash/writers.mjs";

/** How long the writers write before a kill: some die while the log is still being read, some in a compaction. */
const WRITING_MS = { short: 250, long: 2_000, shareOfShort: 0.3 };
/** Share of restarts that are killed again while everything is being read. */
const TWICE = 0.12;
/** A kill, and the reading after it, that take longer than this are told. */
const SLOW_MS = 8_000;
const PROGRESS_EVERY = 20;
const SHOWN = 20;

const { port, kills, seed, keep } = readOptions(
  {
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    keep: { type: "boolean", default: false },
  },
  { port: 8821 },
);
let told = 0;
const asked = untilAskedToEnd();
const started = performance.now();
await mkdir(join(ROOT, ".wrangler"), { recursive: true });
const state = await mkdtemp(join(ROOT, ".wrangler", "crash-"));
const platform = new Platform({ port, state });
process.once("exit", () => platform.end());
const code = await Promise.race([test().catch(failed), asked.then(() => 130)]);
await platform.stop("SIGKILL");
if (code === 0 && !keep) await rm(state, { recursive: true, force: true });
else console.log(`The data lies in ${state}.`);
process.exit(code);

function failed(error) {
  console.error(error);
  return 1;
}

async function test() {
  await platform.start();
  const random = randomOf(Number(seed));
  const token = await signUp();
  const deletes = await hasRangeDeletes(token);
  const writers = new Writers({ url: platform.url, token, random, deletes });
  let done = 0;
  while (done < Number(kills)) {
    writers.start();
    const most = random() < WRITING_MS.shareOfShort ? WRITING_MS.short : WRITING_MS.long;
    await sleep(random() * most);
    const stopped = writers.stop();
    const killed = performance.now();
    await platform.kill();
    const back = performance.now();
    await stopped;
    done++;
    const again = random() < TWICE ? sleep(random() * 400).then(() => platform.kill()) : null;
    if (again) {
      done++;
      await writers.settle().catch(ignoreGone);
      await again;
    }
    await settled(writers);
    tell(done, writers, back - killed, performance.now() - back);
    if (done % PROGRESS_EVERY < 1 + (again ? 1 : 0)) progress(done, writers);
  }
  writers.start();
  await sleep(WRITING_MS.long);
  await writers.stop();
  await settled(writers);
  await writers.verifyAll();
  await platform.stop();
  return report(done, writers, await readStored(join(state, "v3"), writers));
}

/** A runtime that goes away by itself while it is read would be a finding: it may do so a few times, and is counted. */
async function settled(writers) {
  for (let tries = 0; ; tries++) {
    try {
      return await writers.settle();
    } catch (error) {
      if (!(error instanceof Gone) || tries === 5) throw error;
      writers.gone = (writers.gone ?? 0) + 1;
      await sleep(500);
    }
  }
}

function ignoreGone(error) {
  if (!(error instanceof Gone)) throw error;
}

async function signUp() {
  const { OPERATOR_TOKEN } = parseEnv(await readFile(DEV_VARS, "utf8"));
  const limits = { rate_limit_per_minute: 100_000, max_storage_mb: 1_000_000 };
  const tenant = { name: "Crash", email: "crash@example.com", tier: "enterprise", limits };
  return (await createClient(platform.url).signUp(tenant, OPERATOR_TOKEN)).token;
}

async function hasRangeDeletes(token) {
  const path = "/api/stream/crash-none/data?start=0&end=1";
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(platform.url + path, { method: "DELETE", headers });
  const { code } = await answer.json().catch(() => ({}));
  return answer.ok || code === "stream_not_found";
}

/** What goes wrong, as it goes wrong. */
function tell(done, { violations }, restartMs, settleMs) {
  for (; told < violations.length && told < SHOWN; told++)
    console.log(`VIOLATION after kill ${done}: ${violations[told]}`);
  if (restartMs > SLOW_MS || settleMs > SLOW_MS) {
    const seconds = [restartMs, settleMs].map((ms) => (ms / 1_000).toFixed(1));
    console.log(`kill ${done}: ${seconds[0]} s until it answered, ${seconds[1]} s of reading`);
  }
}

function progress(done, { acknowledged, violations }) {
  const minutes = ((performance.now() - started) / 60_000).toFixed(1);
  const points = acknowledged.points.toLocaleString("en");
  console.log(
    `${done} kills, ${minutes} min, ${points} points acknowledged, ${violations.length} violations`,
  );
}

function report(done, writers, stored) {
  const { acknowledged, unacknowledged, found, violations, replays, refusals } = writers;
  const number = (value) => value.toLocaleString("en");
  const { whole, absent, retried } = unacknowledged;
  const all = [...violations, ...stored.violations];
  const rows = [
    ["kills", done],
    ["restarts of the whole program", platform.restarts],
    ["acknowledged points", acknowledged.points],
    ["acknowledged writes", acknowledged.writes],
    ["acknowledged deletes", writers.deletes ? acknowledged.deletes : "no such route"],
    ["unacknowledged writes", whole + absent + retried],
    ["  wholly there", whole],
    ["  wholly absent", absent],
    ["  sent again with their key", retried],
    ["answers replayed", replays],
    ["seals, compactions", `${number(stored.seals)}, ${number(stored.compactions)}`],
    ["audit entries verified", stored.entries],
    ["lost points", found.lost],
    ["duplicates", found.duplicates + stored.duplicates],
    ["torn", found.torn],
    ["wrong otherwise", found.wrong + stored.wrong],
  ];
  for (const [name, value] of rows)
    console.log(`${name.padEnd(30)} ${typeof value === "number" ? number(value) : value}`);
  for (const [what, times] of refusals) console.log(`answered ${what}: ${times} times`);
  if (writers.gone) console.log(`The runtime went away unasked while it was read: ${writers.gone} times.`);
  for (const [line, times] of platform.said) console.log(`it said ${times} times: ${line}`);
  for (const text of all.slice(told, SHOWN)) console.log(`VIOLATION ${text}`);
  if (all.length > SHOWN) console.log(`and ${all.length - SHOWN} more`);
  console.log(`${((performance.now() - started) / 60_000).toFixed(1)} minutes, seed ${seed}`);
  return all.length > 0 ? 1 : 0;
}

/** Mulberry32. */
function randomOf(start) {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
