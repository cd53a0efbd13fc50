// Where things are, for every script.
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");
export const PUBLIC = join(ROOT, "public");
export const DIST = join(ROOT, "dist");
export const DEV_VARS = join(ROOT, ".dev.vars");
export const STATE = join(ROOT, ".wrangler", "state", "v3");

/** The command line of a package of this repository, run with the Node of this repository. */
export const binary = (name) => join(ROOT, "node_modules", ".bin", name);
