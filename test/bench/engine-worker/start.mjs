// Bundles the bench-only Worker and runs it in the Miniflare of wrangler, as scripts/lib/serve-built.mjs runs the platform.
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unstable_readConfig } from "wrangler";
import { ROOT } from "../../../scripts/lib/paths.mjs";

const requireOfWrangler = createRequire(import.meta.resolve("wrangler"));
const { Log, LogLevel, Miniflare, convertV4MiniflareOptions } = requireOfWrangler("miniflare");
const esbuild = requireOfWrangler("esbuild");
const HOST = "127.0.0.1";
export const NAME = "engine-bench";

export async function bundle() {
  const { outputFiles } = await esbuild.build({
    entryPoints: [fileURLToPath(import.meta.resolve("./worker.ts"))],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
  });
  return outputFiles[0].text;
}

/** Serves the bundle on `port`, and the runtime's inspector on the one after it. */
export async function startEngineWorker({ port, state, script }) {
  const { compatibility_date, compatibility_flags } = unstable_readConfig({
    config: join(ROOT, "wrangler.toml"),
  });
  // Live bytes are known after a collection only, and the inspector's own never ends here.
  process.env.MINIFLARE_WORKERD_V8_FLAGS = "--expose-gc";
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      rootPath: ROOT,
      host: HOST,
      port,
      inspectorPort: port + 1,
      log: new Log(LogLevel.WARN),
      logRequests: false,
      cf: false,
      telemetry: { enabled: false },
      resourcePersistencePath: state,
      resourceTmpPath: join(ROOT, ".wrangler", "tmp"),
      handleStructuredLogs: ({ level, message }) => console[level === "error" ? "error" : "log"](message),
      workers: [
        {
          name: NAME,
          compatibilityDate: compatibility_date,
          compatibilityFlags: compatibility_flags,
          modules: [{ type: "ESModule", path: `${NAME}.mjs`, contents: script }],
          durableObjects: { BENCH: { className: "EngineBench", useSQLite: true } },
        },
      ],
    }),
  );
  await runtime.ready;
  delete process.env.MINIFLARE_WORKERD_V8_FLAGS;
  const call = async (object, command, body = {}) => {
    const answer = await fetch(`http://${HOST}:${port}/${object}/${command}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${command} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  return { call, inspector: `http://${HOST}:${port + 1}`, stop: () => runtime.dispose() };
}
