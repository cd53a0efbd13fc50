// Compiles every kernel of wasm/kernels to wasm/dist/<name>.wasm. A kernel is a folder with an index.ts, or one .ts file.
// The same sources give the same bytes: no source map, no time, no path goes into the output.
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const sources = join(root, "wasm", "kernels");
const dist = join(root, "wasm", "dist");

// The stub runtime allocates nothing by itself; `abort` would be the only import, and a kernel answers with status codes.
const FLAGS = ["-O3", "--noAssert", "--converge", "--enable", "simd", "--runtime", "stub", "--use", "abort="];

async function kernels() {
  const entries = await readdir(sources, { withFileTypes: true });
  return Promise.all(
    entries
      .sort((a, b) => a.name.localeCompare(b.name))
      .map(async (entry) => {
        if (entry.isFile() && entry.name.endsWith(".ts"))
          return { name: entry.name.slice(0, -3), entry: entry.name };
        const index = `${entry.name}/index.ts`;
        if (entry.isDirectory() && (await stat(join(sources, index))).isFile())
          return { name: entry.name, entry: index };
        throw new Error(
          `wasm/kernels/${entry.name} is no kernel: neither a .ts file nor a folder with an index.ts`,
        );
      }),
  );
}

async function compile({ name, entry }) {
  let bytes;
  const { error, stderr } = await asc.main([join(sources, entry), "--outFile", `${name}.wasm`, ...FLAGS], {
    writeFile: (_file, contents) => {
      bytes = contents;
    },
  });
  if (error || !bytes) throw new Error(`${entry} does not compile:\n${stderr.toString()}`);
  const imports = WebAssembly.Module.imports(await WebAssembly.compile(bytes));
  if (imports.length > 0)
    throw new Error(`${name}.wasm must import nothing, but wants ${JSON.stringify(imports)}`);
  return { file: `${name}.wasm`, bytes };
}

const outputs = [];
for (const kernel of await kernels()) outputs.push(await compile(kernel));
await mkdir(dist, { recursive: true });
for (const { file, bytes } of outputs) {
  await writeFile(join(dist, file), bytes);
  console.log(`wasm/dist/${file}  ${bytes.length} bytes`);
}
// A kernel that was removed or renamed must not live on.
const kept = new Set(outputs.map(({ file }) => file));
for (const file of await readdir(dist)) if (!kept.has(file)) await rm(join(dist, file));
