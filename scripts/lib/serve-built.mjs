// Runs built Workers without the development proxy: wrangler's own Miniflare, and in it a socket that leads straight
// into the Worker. These interfaces of wrangler are unstable: they hold for the version that package.json pins.
import { readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";
import { loadModule } from "./load-module.mjs";
import { DIST, ROOT, STATE } from "./paths.mjs";
import { publicNetwork } from "./public-network.mjs";
import { run } from "./run.mjs";

// The very Miniflare that wrangler depends on, wherever npm has put it.
const requireOfWrangler = createRequire(import.meta.resolve("wrangler"));
const { Log, LogLevel, Miniflare, convertV4MiniflareOptions } = requireOfWrangler("miniflare");

const HOST = "127.0.0.1";
const ENTRY = "index.js";
const FRONT = "__front.js";
const MODULE_TYPES = {
  ".js": "ESModule",
  ".mjs": "ESModule",
  ".wasm": "CompiledWasm",
  ".txt": "Text",
  ".html": "Text",
  ".sql": "Text",
  ".bin": "Data",
};

/** Builds the Worker into dist/, as a deployment would. */
export async function buildWorker() {
  await rm(DIST, { recursive: true, force: true });
  await run("wrangler", ["deploy", "--dry-run", "--outdir", DIST]);
}

/**
 * Serves dist/ on `port` with every binding of wrangler.toml and the variables of .dev.vars. Beside it, on `port` + 1,
 * Miniflare's own front: cron handlers are called there. `neighbours`: further Workers without bindings, {name, script,
 * port}. `vars` replace variables of the configuration. It calls public addresses only (public-network.mjs). On `inspectorPort`, where given, Chrome's DevTools protocol. `stop()` ends everything.
 */
export async function serveBuilt({ port, state = STATE, neighbours = [], inspectorPort, vars = {} }) {
  process.env.WRANGLER_LOG ??= "warn";
  const config = unstable_readConfig({ config: join(ROOT, "wrangler.toml") });
  const { workerOptions, externalWorkers } = unstable_getMiniflareWorkerOptions(config);
  delete workerOptions.modulesRules;
  const bindings = { ...workerOptions.bindings, ...vars };
  const { addressRules } = await loadModule("src/platform/public-address.ts");
  const outboundService = await publicNetwork(
    addressRules({ ...bindings, FETCH_ALLOW_LOOPBACK: bindings.FETCH_ALLOW_LOOPBACK === "true" }),
  );
  const own = ["SIGINT", "SIGTERM", "SIGHUP"].map((name) => [name, process.listeners(name)]);
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      rootPath: ROOT,
      host: HOST,
      port: port + 1,
      ...(inspectorPort ? { inspectorPort } : {}),
      log: new Log(LogLevel.WARN),
      logRequests: false,
      cf: false,
      telemetry: { enabled: false },
      unsafeTriggerHandlers: true,
      resourcePersistencePath: state,
      resourceTmpPath: join(ROOT, ".wrangler", "tmp"),
      handleStructuredLogs: ({ level, message }) => console[level === "error" ? "error" : "log"](message),
      workers: [
        {
          name: config.name,
          ...workerOptions,
          bindings,
          outboundService,
          modulesRoot: DIST,
          modules: await modulesOf(config),
          unsafeDirectSockets: [{ host: HOST, port, serviceName: config.name, entrypoint: "Front" }],
        },
        ...externalWorkers,
        ...neighbours.map((neighbour) => ({
          name: neighbour.name,
          compatibilityDate: config.compatibility_date,
          modules: [{ type: "ESModule", path: `${neighbour.name}.mjs`, contents: neighbour.script }],
          unsafeDirectSockets: [{ host: HOST, port: neighbour.port, serviceName: neighbour.name }],
        })),
      ],
    }),
  );
  await runtime.ready;
  // Miniflare would end this program on a signal, as a failure: who starts it stops it.
  for (const [name, listeners] of own)
    for (const listener of process.listeners(name))
      if (!listeners.includes(listener)) process.off(name, listener);
  return {
    url: `http://localhost:${port}`,
    cronUrls: (config.triggers.crons ?? []).map(
      (cron) => `http://localhost:${port + 1}/cdn-cgi/local/scheduled?cron=${cron.replaceAll(" ", "+")}`,
    ),
    stop: () => runtime.dispose(),
  };
}

async function modulesOf(config) {
  await writeFile(join(DIST, FRONT), frontOf(config));
  const files = (await readdir(DIST, { recursive: true })).filter(
    (file) => MODULE_TYPES[extname(file)] && file !== FRONT,
  );
  // The first module is the entry.
  return [FRONT, ...files].map((file) => ({ type: MODULE_TYPES[extname(file)], path: join(DIST, file) }));
}

/** The direct socket goes past the router of assets, so the front decides as `run_worker_first` says. */
function frontOf({ assets }) {
  const patterns = assets?.run_worker_first;
  if (!Array.isArray(patterns) || patterns.some((pattern) => pattern.startsWith("!")))
    throw new Error("scripts/lib/serve-built.mjs knows run_worker_first as a list without exceptions only.");
  const routes = patterns.map((pattern) =>
    pattern
      .split("*")
      .map((part) => RegExp.escape(part))
      .join(".*"),
  );
  return `import worker from "./${ENTRY}";
export * from "./${ENTRY}";
export { default } from "./${ENTRY}";
const toWorker = new RegExp(${JSON.stringify(`^(?:${routes.join("|")})$`)});
export const Front = {
  fetch(request, env, context) {
    const { url } = request;
    const start = url.indexOf("/", 8);
    const query = url.indexOf("?", start);
    const path = url.slice(start, query < 0 ? undefined : query);
    return toWorker.test(path) ? worker.fetch(request, env, context) : env.${assets.binding}.fetch(request);
  },
};
`;
}
