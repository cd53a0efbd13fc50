// Makes what is generated: kernels (wasm/dist), pages (public) and, once, the secrets of local runs (.dev.vars).
// Quick when nothing changed: `npm ci`, wrangler and the tests all run it. `--force` makes everything anew.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { DEV_VARS, PUBLIC, ROOT } from "./lib/paths.mjs";
import { isStale } from "./lib/stale.mjs";

const force = process.argv.includes("--force");

async function buildKernels() {
  const script = join(ROOT, "scripts", "build-wasm.mjs");
  const kernels = join(ROOT, "wasm", "kernels");
  const outputs = (await readdir(kernels)).map((name) =>
    join(ROOT, "wasm", "dist", `${name.replace(/\.ts$/, "")}.wasm`),
  );
  if (!force && !(await isStale(outputs, [kernels, script]))) return;
  await promisify(execFile)(process.execPath, [script], { cwd: ROOT });
}

/** Pages are plain files: no script in a page itself, nothing from another host. */
async function buildPages() {
  const site = join(ROOT, "scripts", "site");
  const swagger = join(ROOT, "node_modules", "swagger-ui-dist");
  const pages = [
    [join(site, "index.html"), join(PUBLIC, "index.html")],
    [join(site, "style.css"), join(PUBLIC, "style.css")],
    [join(site, "docs.html"), join(PUBLIC, "docs", "index.html")],
    [join(site, "docs.js"), join(PUBLIC, "docs", "docs.js")],
    [join(swagger, "swagger-ui-bundle.js"), join(PUBLIC, "docs", "swagger-ui-bundle.js")],
    [join(swagger, "swagger-ui.css"), join(PUBLIC, "docs", "swagger-ui.css")],
    [join(swagger, "favicon-32x32.png"), join(PUBLIC, "docs", "favicon-32x32.png")],
    [join(swagger, "LICENSE"), join(PUBLIC, "docs", "swagger-ui-LICENSE.txt")],
  ];
  await mkdir(join(PUBLIC, "docs"), { recursive: true });
  for (const [from, to] of pages)
    if (force || (await isStale([to], [from]))) await place(to, (temporary) => copyFile(from, temporary));
}

/** Two builds may run at once: a file appears whole or not at all. */
async function place(path, write) {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await write(temporary);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Never overwritten: what is stored locally can only be read with its key. */
async function makeDevVars() {
  const text = [
    "# Variables of local runs, made once by scripts/build.mjs. Delete .wrangler/ too when you change MASTER_KEY.",
    'ENVIRONMENT="development"',
    'SIGNUP="open"',
    `MASTER_KEY="${randomBytes(32).toString("base64")}"`,
    `OPERATOR_TOKEN="operator_${randomBytes(32).toString("base64url")}"`,
    "",
  ].join("\n");
  await writeFile(DEV_VARS, text, { flag: "wx", mode: 0o600 }).catch((error) => {
    if (error.code !== "EEXIST") throw error;
  });
}

await Promise.all([buildKernels(), buildPages(), makeDevVars()]);
