// The two programs whose ratio says what WebAssembly costs: the same loop around the same algorithm, in C and in the
// kernel's own sources. Both are compiled when the benchmark begins, into a folder that goes away with it.
import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import asc from "assemblyscript/asc";
import { ROOT } from "../../../../scripts/lib/paths.mjs";
import { run } from "../../../../scripts/lib/run.mjs";

const SOURCE = join(ROOT, "test", "bench", "forecast", "native", "chandrasekhar.c");
const KERNEL = join(ROOT, "wasm", "kernels", "arima");
/** Those of scripts/build-wasm.mjs, for what is measured is what it ships. */
const KERNEL_FLAGS = [
  "-O3",
  "--noAssert",
  "--converge",
  "--enable",
  "simd",
  "--runtime",
  "stub",
  "--use",
  "abort=",
];

/** The kernel's `evaluate` without the scaling around it, `count` times over: what a search asks for. */
const kernelLoop = (kernel) => `
import { column } from "${kernel}/arena";
import * as likelihood from "${kernel}/likelihood";
import * as model from "${kernel}/model";

export { allocate, reset } from "${kernel}/arena";

let innovations: usize = 0;

export function prepare(p: i32, q: i32, seasonalP: i32, seasonalQ: i32, season: i32, hasMean: i32, n: i32): bool {
  if (!model.shape(p, q, seasonalP, seasonalQ, season)) return false;
  likelihood.prepare(n, hasMean != 0);
  innovations = column(n);
  return true;
}

export function repeat(w: usize, n: i32, coefficients: usize, count: i32): f64 {
  let objective = 0.0;
  for (let i = 0; i < count; i++) {
    model.setCoefficients(coefficients);
    objective = likelihood.run(w, innovations, n, 0, 0);
  }
  return objective;
}
`;

/** Compiles the loop to `folder` and returns the file. */
export async function compileKernelLoop(folder) {
  const source = join(folder, "kernel-loop.ts");
  const file = join(folder, "kernel-loop.wasm");
  await writeFile(source, kernelLoop(relative(folder, KERNEL)));
  const out = relative(process.cwd(), file);
  const { error, stderr } = await asc.main([
    relative(process.cwd(), source),
    "--outFile",
    out,
    ...KERNEL_FLAGS,
  ]);
  if (error) throw new Error(`the kernel's loop does not compile:\n${stderr.toString()}`);
  return file;
}

/** Compiles the C to `folder`; null where the machine has no gcc. */
export async function compileNative(folder) {
  const file = join(folder, "chandrasekhar");
  try {
    await run("gcc", ["-O3", "-o", file, SOURCE, "-lm"]);
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
  return file;
}
