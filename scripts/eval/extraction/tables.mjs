// Tables before they are written: `{columns, times}`. A column is `{name, unit, role, cells}`, its role "time", "value",
// "category" or "any"; `times` are the instants of the rows in milliseconds, or null.
import { categoryCells, otherCells, valueCells } from "./columns.mjs";
import { DOMAINS } from "./domains.mjs";
import { instants, NOTATIONS } from "./times.mjs";

/** A notation of one of these groups, days as often as moments. */
export const anyNotation = (random, groups = ["MOMENTS", "DAYS_WRITTEN"]) =>
  random.pick(Object.values(NOTATIONS[random.pick(groups)]));

const USUAL = ["MOMENTS", "DAYS_WRITTEN"];

/**
 * A table of a domain. `notation` null: no time; `when` gives its instants. `most` are how many columns of each role
 * there may be, at least one of them values.
 */
export function tableOf(
  random,
  {
    rows = random.size(8, 300),
    domain = random.pick(Object.values(DOMAINS)),
    notation = anyNotation(random, USUAL),
    when = null,
    timeName = random.pick(domain.time),
    most = { values: 5, categories: 2, others: 2 },
    fewest = { values: 1, categories: 0, others: 0 },
  } = {},
) {
  const some = (role) => {
    const all = domain[role];
    const least = Math.min(fewest[role], all.length);
    return random.sample(all, random.int(least, Math.max(least, Math.min(most[role], all.length))));
  };
  const categories = some("categories").map(([name, words]) => ({
    name,
    unit: null,
    role: "category",
    cells: categoryCells(random, rows, words),
  }));
  const values = some("values").map(([name, unit, kind, scale, decimals]) => ({
    name,
    unit,
    decimals,
    role: "value",
    cells: valueCells(random, rows, kind, scale, decimals),
  }));
  const others = some("others").map(([name, kind]) => ({
    name,
    unit: null,
    role: "any",
    cells: otherCells(random, rows, kind),
  }));
  const body = random.chance(0.5)
    ? [...categories, ...values, ...others]
    : [...others, ...categories, ...values];
  if (notation === null) return { columns: body, times: null };
  const times =
    when ??
    instants(random, rows, notation.unit, { per: categories.length > 0 ? random.pick([1, 1, 2, 3]) : 1 });
  const time = { name: timeName, unit: null, role: "time", cells: times.map(notation.write) };
  const at = random.chance(0.75) ? 0 : random.int(0, Math.min(2, body.length));
  return { columns: body.toSpliced(at, 0, time), times };
}

/** Cells that say nothing where some values should be. */
export function withMissing(random, table, words = ["", "NA", "n/a", "-", "NULL", "NaN", "missing", "."]) {
  const word = random.pick(words);
  const share = random.pick([0.02, 0.1, 0.3]);
  return withColumns(table, (column) =>
    column.role === "value" && random.chance(0.7)
      ? { ...column, cells: column.cells.map((cell) => (random.chance(share) ? word : cell)) }
      : column,
  );
}

/** Names that say nothing. */
export function withNeutralNames(random, table) {
  const base = random.pick(["col", "field_", "x", "c", "Column ", "V", "var"]);
  let at = 0;
  return withColumns(table, (column) => ({ ...column, name: `${base}${++at}`, unit: null }));
}

/** Names written in other manners, with their units or without. */
export function withManners(random, table) {
  const manner = random.pick([
    (words) => words.join("_"),
    (words) => words.join(" "),
    (words) => words.map((word) => word[0].toUpperCase() + word.slice(1)).join(" "),
    (words) => words.map((word, i) => (i === 0 ? word : word[0].toUpperCase() + word.slice(1))).join(""),
    (words) => words.join("_").toUpperCase(),
    (words) => words.join("-"),
  ]);
  const united = random.pick([
    (name) => name,
    (name, unit) => `${name} (${unit})`,
    (name, unit) => `${name} [${unit}]`,
  ]);
  return withColumns(table, (column) => {
    const name = manner(column.name.toLowerCase().split(/[_ ]/));
    return { ...column, name: column.unit === null ? name : united(name, column.unit) };
  });
}

export const withColumns = (table, change) => ({ ...table, columns: table.columns.map(change) });

/** The time of each row in several columns: `split(ms)` gives their cells. */
export function withTimeApart(table, names, split) {
  const at = table.columns.findIndex(({ role }) => role === "time");
  const cells = table.times.map(split);
  const apart = names.map((name, k) => ({
    name,
    unit: null,
    role: "time",
    cells: cells.map((row) => row[k]),
  }));
  return { ...table, columns: table.columns.toSpliced(at, 1, ...apart) };
}

/** One row for each measure of a row: a column names it and another holds it. */
export function long(table, [measureName, valueName]) {
  const values = table.columns.filter(({ role }) => role === "value");
  const kept = table.columns.filter(({ role }) => role !== "value");
  const rows = table.columns[0].cells.length;
  const each = Array.from({ length: rows * values.length }, (_, i) => [
    Math.floor(i / values.length),
    values[i % values.length],
  ]);
  return {
    times: table.times && each.map(([row]) => table.times[row]),
    columns: [
      ...kept.map((column) => ({ ...column, cells: each.map(([row]) => column.cells[row]) })),
      { name: measureName, unit: null, role: "category", cells: each.map(([, column]) => column.name) },
      {
        name: valueName,
        unit: null,
        decimals: 3,
        role: "value",
        cells: each.map(([row, column]) => column.cells[row]),
      },
    ],
  };
}

export const rowCount = ({ columns }) => columns[0].cells.length;

/** A column of its own: `next(row)` gives its cells. */
export const column = (name, role, rows, next) => ({
  name,
  unit: null,
  role,
  cells: Array.from({ length: rows }, (_, row) => next(row)),
});

/** More columns, each at any place. */
export const withMore = (random, table, more) => ({
  ...table,
  columns: more.reduce((all, one) => all.toSpliced(random.int(0, all.length), 0, one), table.columns),
});
