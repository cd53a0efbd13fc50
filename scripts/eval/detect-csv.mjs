// Reads each CSV `timestamp,value` below a folder and writes `{"folder/file.csv": [score]}`, one in [0, 1] a row; 0.5 is
// the alert level. Times without a zone are taken as UTC.
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { FORM, report, scoresOf, writeScores } from "./detection.mjs";
import { readText } from "./input.mjs";
import { parse, UsageError } from "./usage.mjs";

export const detectCsv = { usage: "detect-csv DIR OUT [--form full|compact]", run };

async function run(args) {
  const { positionals, form } = parse(args, { names: ["DIR", "OUT"], options: FORM });
  const [folder, output] = positionals.map((path) => resolve(process.env.INIT_CWD ?? "", path));
  const judged = await scoresOf(await seriesBelow(folder), form);
  await writeScores(output, judged);
  report(judged);
  return 0;
}

/** Each CSV below a folder, by its path from there. */
export async function seriesBelow(folder) {
  const names = (
    await readdir(folder, { recursive: true }).catch((error) => {
      throw new UsageError(`${folder} cannot be read: ${error.code ?? error.message}`);
    })
  )
    .filter((name) => name.endsWith(".csv"))
    .sort();
  if (names.length === 0) throw new UsageError(`${folder} has no CSV files.`);
  const series = [];
  for (const name of names) series.push({ id: name, ...rowsOf(name, await readText(join(folder, name))) });
  return series;
}

function rowsOf(name, text) {
  const [, ...lines] = text.trim().split(/\r?\n/);
  const times = [];
  const values = [];
  for (const [i, line] of lines.entries()) {
    const [timestamp, value] = line.split(",").map((cell) => cell.trim());
    const millis = Date.parse(
      `${timestamp.replace(" ", "T")}${/Z|[+-]\d\d:?\d\d$/.test(timestamp) ? "" : "Z"}`,
    );
    if (Number.isNaN(millis)) throw new UsageError(`${name}: row ${i + 1} has no time: ${timestamp}`);
    times.push(millis * 1_000);
    values.push(value === "" || value === undefined ? Number.NaN : Number(value));
  }
  return { times, values };
}
