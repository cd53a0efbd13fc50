// InfluxDB 1.x of the machine (Debian: apt-get install influxdb) as a peer of a benchmark: a process of our own on
// loopback ports with its data in a folder of its own. Its defaults hold: every write is in its log, and synced.
import { spawn, spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE_MS = 15_000;

/** The version of influxd on this machine, or null where there is none. */
export function influxVersion() {
  const { status, stdout } = spawnSync("influxd", ["version"], { encoding: "utf8" });
  return status === 0 ? (/v(\S+)/.exec(stdout)?.[1] ?? "unknown") : null;
}

/** Starts influxd on `port` (and `port` + 1 for its backups) with the databases named. `stop()` ends it. */
export async function startInflux({ port, folder, databases }) {
  await mkdir(folder, { recursive: true });
  const config = join(folder, "influxdb.conf");
  await writeFile(config, configOf(port, folder));
  const child = spawn("influxd", ["-config", config], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill("SIGTERM");
    await Promise.race([ended, sleep(5_000).then(() => child.kill("SIGKILL"))]);
  };
  try {
    await untilReady(url, child);
    for (const name of databases) {
      const q = encodeURIComponent(`CREATE DATABASE "${name}"`);
      const answer = await fetch(`${url}/query?q=${q}`, { method: "POST" });
      if (!answer.ok) throw new Error(`influxd did not create a database: ${await answer.text()}`);
    }
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilReady(url, child) {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`${url}/ping`).catch(() => null);
    if (answer?.status === 204) return;
    await sleep(100);
  }
  throw new Error("influxd did not start.");
}

const configOf = (port, folder) => `reporting-disabled = true
bind-address = "127.0.0.1:${port + 1}"
[meta]
dir = ${JSON.stringify(join(folder, "meta"))}
[data]
dir = ${JSON.stringify(join(folder, "data"))}
wal-dir = ${JSON.stringify(join(folder, "wal"))}
query-log-enabled = false
[monitor]
store-enabled = false
[http]
bind-address = "127.0.0.1:${port}"
log-enabled = false
`;
