// worker-configuration.d.ts: the types of the bindings and of the runtime, made by wrangler from wrangler.toml.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { binary, DEV_VARS, ROOT } from "./lib/paths.mjs";
import { isStale } from "./lib/stale.mjs";

const inputs = [join(ROOT, "wrangler.toml"), join(ROOT, "node_modules", "wrangler", "package.json")];
const output = join(ROOT, "worker-configuration.d.ts");
if (process.argv.includes("--force") || (await isStale([output], inputs))) {
  // The names of the secrets come from .dev.vars, which scripts/build.mjs has made.
  await promisify(execFile)(binary("wrangler"), ["types", output, "--env-file", DEV_VARS], {
    cwd: ROOT,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1" },
    maxBuffer: 64 * 1024 * 1024,
  });
}
