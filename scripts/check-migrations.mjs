// Are the migrations what the tables ask for? Generates into a copy; a migration that appears there is missing here.
import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { ROOT } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";

// Below the repository: drizzle-kit takes paths relative to it.
const copy = await mkdtemp(join(ROOT, ".wrangler-migrations-"));
try {
  await cp(join(ROOT, "migrations"), join(copy, "migrations"), { recursive: true });
  const config = join(copy, "drizzle.config.json");
  const out = relative(ROOT, join(copy, "migrations"));
  await writeFile(config, JSON.stringify({ dialect: "sqlite", schema: "./src/*/table.ts", out: `./${out}` }));
  await run("drizzle-kit", ["generate", "--config", relative(ROOT, config)]);
  const known = new Set(await readdir(join(ROOT, "migrations")));
  const added = (await readdir(join(copy, "migrations"))).filter((name) => !known.has(name));
  if (added.length > 0) {
    console.error(
      "The tables have changed since the last migration: run `npm run db:generate` and look at what it makes.",
    );
    process.exitCode = 1;
  } else console.log("Migrations are up to date.");
} finally {
  await rm(copy, { recursive: true, force: true });
}
