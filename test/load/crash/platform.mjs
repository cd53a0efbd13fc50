// The platform as `npm run serve` starts it, in a process group of its own, with a runtime that is killed and comes back.
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "../../../scripts/lib/paths.mjs";
import { isPortTaken, untilPortFree } from "../../../scripts/lib/port.mjs";
import { ENVIRONMENT } from "../../../scripts/lib/run.mjs";

const START_PATIENCE_MS = 60_000;
/** Miniflare starts a runtime that died once more; after so long the whole program is started again. */
const RESTART_PATIENCE_MS = 15_000;
const STOP_PATIENCE_MS = 5_000;
/** What Miniflare says of a runtime that died: expected here. */
const EXPECTED = /crashed unexpectedly and is being restarted/;
/** Small, so that seals and compactions are always under way. */
const SEAL_BYTES = 300_000;
const LINES_KEPT = 50;

export class Platform {
  url;
  /** Lines that it wrote and nobody expected, with how often. */
  said = new Map();
  /** How often the whole program had to be started, beyond the first time. */
  restarts = -1;
  #child = null;
  #ended = null;
  #runtimes = [];

  constructor({ port, state }) {
    this.port = port;
    this.state = state;
    this.url = `http://127.0.0.1:${port}`;
  }

  async start() {
    for (const port of [this.port, this.port + 1])
      if (await isPortTaken(port)) throw new Error(`Port ${port} is taken by another program.`);
    this.restarts++;
    const args = [
      join(ROOT, "scripts", "serve.mjs"),
      "--port",
      String(this.port),
      "--state",
      this.state,
      "--var",
      `SEAL_BYTES=${SEAL_BYTES}`,
    ];
    const child = spawn("node", args, {
      cwd: ROOT,
      env: ENVIRONMENT,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once("close", resolve));
    child.stdout.resume();
    child.stderr.setEncoding("utf8").on("data", (text) => {
      for (const line of text.split("\n"))
        if (line.trim() && !EXPECTED.test(line) && (this.said.has(line) || this.said.size < LINES_KEPT))
          this.said.set(line, (this.said.get(line) ?? 0) + 1);
    });
    if (!(await this.#untilBack(START_PATIENCE_MS)))
      throw new Error(`The platform did not start.\n${[...this.said.keys()].join("\n")}`);
  }

  /** kill -9 of the runtime, as hard as a process can end. Resolves when another one answers. */
  async kill() {
    const killed = this.#runtimes;
    for (const pid of killed) process.kill(pid, "SIGKILL");
    if (await this.#untilBack(RESTART_PATIENCE_MS, killed)) return;
    await this.stop("SIGKILL");
    await this.start();
  }

  async stop(signal = "SIGTERM") {
    if (!this.#child) return;
    this.#signal(signal);
    await Promise.race([this.#ended, sleep(STOP_PATIENCE_MS, undefined, { ref: false })]);
    // The runtime is of the same group: nothing of it may live on.
    this.#signal("SIGKILL");
    this.#child = null;
    for (const port of [this.port, this.port + 1]) await untilPortFree(port);
  }

  /** At once, and whatever state it is in. */
  end() {
    this.#signal("SIGKILL");
  }

  #signal(name) {
    if (!this.#child) return;
    try {
      process.kill(-this.#child.pid, name);
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  }

  /** True when a runtime that is none of `killed` answers; its process is known then, so that a kill takes no time. */
  async #untilBack(patienceMs, killed = []) {
    const child = this.#child;
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline && child.exitCode === null) {
      await sleep(20);
      const found = runtimesOf(child.pid).filter((pid) => !killed.includes(pid));
      if (found.length === 0) continue;
      const signal = AbortSignal.timeout(1_000);
      const answer = await fetch(`${this.url}/health`, { signal }).catch(() => null);
      await answer?.body?.cancel();
      if (!answer?.ok) continue;
      this.#runtimes = found;
      return true;
    }
    return false;
  }
}

/** The runtimes that a program of ours started. */
function runtimesOf(parent) {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,stat=,comm="], { encoding: "utf8" });
  return stdout
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, ppid, state, name]) => Number(ppid) === parent && name.startsWith("workerd") && state[0] !== "Z",
    )
    .map(([pid]) => Number(pid));
}
