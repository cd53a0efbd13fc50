// Loads TypeScript of src/ into Node, with its kernels: the very modules that the Worker runs, for evaluations and
// benchmarks. Node strips types by itself but neither resolves imports without extension nor imports WebAssembly.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { ROOT } from "./paths.mjs";

/** In a Worker an imported kernel is a compiled module; here it is compiled from the bytes that the bundle carries. */
const kernels = {
  name: "kernels",
  setup(bundle) {
    bundle.onLoad({ filter: /\.wasm$/ }, async ({ path }) => {
      const bytes = (await readFile(path)).toString("base64");
      return { contents: `export default new WebAssembly.Module(Buffer.from("${bytes}", "base64"));` };
    });
  },
};

/** Imports `path`, relative to the project, e.g. "src/analytics/forecasting/forecast.ts". */
export async function loadModule(path) {
  const folder = await mkdtemp(join(tmpdir(), "stratosmesh-"));
  const outfile = join(folder, "module.mjs");
  try {
    await build({
      entryPoints: [join(ROOT, path)],
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      plugins: [kernels],
      logLevel: "warning",
    });
    return await import(pathToFileURL(outfile));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
