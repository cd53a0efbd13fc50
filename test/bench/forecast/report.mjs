import { cpus } from "node:os";
import { table } from "../../../scripts/lib/chart.mjs";

/** The rows as a table, and beneath it who took part, what failed, and which models were chosen for single series. */
export function print(rows, field) {
  const figure = (value) => (value < 100 ? value.toPrecision(3) : Math.round(value).toLocaleString("en"));
  const number = (value, otherwise) => (value === null ? otherwise : figure(value));
  // Minus a rounded nothing is nothing.
  const difference = (value) => (value === null ? "" : (Math.round(value * 1_000) / 1_000 || 0).toFixed(3));
  console.log(
    table(
      ["benchmark", "unit", "ours", "beside", "theirs", "ratio", "log L", ""],
      rows.map((row) => [
        row.name,
        row.unit,
        number(row.measured, row.absent.measured),
        row.against,
        number(row.reference, row.absent.reference),
        row.ratio?.toPrecision(2) ?? "",
        difference(row.logLikelihood),
        row.verdict,
      ]),
    ),
  );
  console.log(`${Object.values(versionsOf(field)).join("; ")}; ${cpus()[0].model}.`);
  if (rows.some((row) => row.withErrors === false)) console.log("fit: ours without standard errors.");
  for (const { name, against, why } of rows) if (why) console.log(`${name}, ${against}: ${why}`);
  for (const { name, against, models } of rows)
    if (models.ours.length === 1 && models.theirs.length === 1)
      console.log(`${name}: ours ${models.ours[0]}; ${against} ${models.theirs[0]}`);
}

/** The figures with what is needed to read them, for --json. */
export const summaryOf = (rows, field, options) => ({
  machine: { cpu: cpus()[0].model, cores: cpus().length, node: process.version },
  versions: versionsOf(field),
  options,
  rows: rows.map(({ verdict: _, ...row }) => row),
});

const versionsOf = (field) =>
  Object.fromEntries(
    Object.entries(field).flatMap(([name, { version }]) => (version ? [[name, version]] : [])),
  );
