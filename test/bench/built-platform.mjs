import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { createClient } from "../../scripts/lib/client.mjs";
import { DEV_VARS, ROOT } from "../../scripts/lib/paths.mjs";
import { buildWorker, serveBuilt } from "../../scripts/lib/serve-built.mjs";
import { applyMigrations, untilAskedToEnd } from "../../scripts/lib/start-platform.mjs";

/** The Worker whose isolate is looked into. */
export const WORKER = "stratosmesh";
/** Of an isolate's 128 MB. */
export const LIMIT_MB = 100;

export const mb = (bytes) => Math.round(bytes / 100_000) / 10;

/**
 * What a benchmark that runs alone ends with: it builds the Worker, serves it on `port` with fresh data (and two ports
 * after it), signs a tenant of `limits` up, and asks `work` for the exit code; 130 where somebody ends it. `work` gets
 * `{ url, token, client, inspector }`, the last where the runtime's inspector listens.
 */
export async function onBuiltPlatform({ port, limits }, work) {
  const asked = untilAskedToEnd();
  await mkdir(join(ROOT, ".wrangler"), { recursive: true });
  const state = await mkdtemp(join(ROOT, ".wrangler", "bench-"));
  let server;
  try {
    await applyMigrations(state);
    await buildWorker();
    server = await serveBuilt({ port, state: join(state, "v3"), inspectorPort: port + 2 });
    const { OPERATOR_TOKEN } = parseEnv(await readFile(DEV_VARS, "utf8"));
    const tenant = { name: "Bench", email: "bench@example.com", tier: "enterprise", limits };
    const client = createClient(server.url);
    const { token } = await client.signUp(tenant, OPERATOR_TOKEN);
    const platform = { url: server.url, token, client, inspector: `http://127.0.0.1:${port + 2}` };
    return await Promise.race([work(platform), asked.then(() => 130)]);
  } catch (error) {
    console.error(error);
    return 1;
  } finally {
    await server?.stop();
    await rm(state, { recursive: true, force: true });
  }
}
