// Starts the platform under `wrangler dev`, in a process group of its own, and stops all of it again.
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "./paths.mjs";
import { isPortTaken, untilPortFree } from "./port.mjs";
import { ENVIRONMENT, run } from "./run.mjs";

const DATABASE = "stratosmesh";
const START_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 4_000;
/** Of what wrangler wrote, kept to be shown when it fails. */
const OUTPUT_KEPT = 20_000;

export class PortTaken extends Error {
  constructor(port) {
    super(`Port ${port} is taken by another program. Stop that one, or choose another port with --port.`);
  }
}

/** Brings the local D1 database up to date. `state` is the folder of local data, wrangler's own unless given. */
export async function applyMigrations(state) {
  await run("node", ["scripts/build.mjs"]);
  const where = state ? ["--persist-to", state] : [];
  await run("wrangler", ["d1", "migrations", "apply", DATABASE, "--local", ...where]);
}

/**
 * Starts the platform and returns when /health answers: `url`, `ended` (settles with the exit code when wrangler ends,
 * whoever ended it) and `stop()`. With `quiet` its output is shown only when it fails. It gives up when `asked` settles.
 */
export async function startPlatform({ port = 3000, state, quiet = false, asked } = {}) {
  if (await isPortTaken(port)) throw new PortTaken(port);
  await applyMigrations(state);
  const args = ["dev", "--local", "--port", String(port), "--log-level", "warn"];
  args.push("--show-interactive-dev-session=false", ...(state ? ["--persist-to", state] : []));
  const child = spawn("wrangler", args, {
    cwd: ROOT,
    env: ENVIRONMENT,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => {
      output = (output + chunk).slice(-OUTPUT_KEPT);
      if (!quiet) process.stderr.write(chunk);
    });
  }
  const ended = new Promise((resolve) => {
    child.once("error", () => resolve(1));
    child.once("close", (code) => resolve(code ?? 1));
  });
  let hasEnded = false;
  void Promise.race([ended, asked ?? ended]).then(() => {
    hasEnded = true;
  });
  const signal = (name) => {
    try {
      process.kill(-child.pid, name);
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  };
  const stop = async () => {
    signal("SIGTERM");
    await Promise.race([ended, sleep(STOP_PATIENCE_MS, undefined, { ref: false })]);
    // The runtime below wrangler is of the same group: nothing of it may live on.
    signal("SIGKILL");
    await untilPortFree(port);
  };
  const url = `http://localhost:${port}`;
  const deadline = Date.now() + START_PATIENCE_MS;
  while (!(await isHealthy(url))) {
    if (hasEnded || Date.now() > deadline) {
      await stop();
      const why = hasEnded ? "it was ended" : `no answer on /health within ${START_PATIENCE_MS / 1000} s`;
      throw new Error(`The platform did not start: ${why}.${quiet ? `\n${output}` : ""}`);
    }
    await sleep(100);
  }
  return { url, ended, stop, output: () => output };
}

async function isHealthy(url) {
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

/** Resolves with the name of the first signal that asks this program to end. */
export function untilAskedToEnd() {
  return new Promise((resolve) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => resolve(name));
  });
}
