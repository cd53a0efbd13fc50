// Families by what rows and columns say only beside others: headers of grids and surveys, codes beside their names.
import { valueCells } from "./columns.mjs";
import { plain } from "./families-times.mjs";
import { column, tableOf, withColumns, withMore } from "./tables.mjs";
import { instants, NOTATIONS } from "./times.mjs";
import { delimited, header, textRows } from "./writers.mjs";

const some = {
  fewest: { values: 1, categories: 1, others: 0 },
  most: { values: 3, categories: 2, others: 1 },
};
const dated = (random, rows) =>
  tableOf(random, {
    ...some,
    rows,
    notation: NOTATIONS.DAYS_WRITTEN.iso,
    when: instants(random, rows, "day", { order: "even" }),
  });
const marks = (random) => ({ delimiter: random.pick([",", ";", "\t"]), quoteAll: random.chance(0.3) });

/** Labels that go one way in even steps, as those of an axis do. */
function axis(random, count) {
  const first = random.pick([0, 1, 60, 400, 0.5]);
  const step = random.pick([1, 5, 20, 2.5]);
  return Array.from({ length: count }, (_, i) => String(first + i * step));
}

/** Codes and their names, a few of each. */
const CODED = [
  ["class", [1005, 2355, 5855, 6650], ["Guns", "Vehicles", "Goggles", "Optics"]],
  ["occupation", [11, 15, 29, 41, 53], ["Management", "Computing", "Health care", "Sales", "Transport"]],
  ["sector", [3, 7, 9, 12], ["Mining", "Building", "Trade", "Finance"]],
  ["crop", [101, 104, 220], ["Wheat", "Barley", "Maize"]],
];

export const BESIDE_FAMILIES = {
  grids(random) {
    const rows = random.int(5, 60);
    const labels = axis(random, random.int(4, 24));
    const corner = random.pick(["", "", "wavelength", "depth"]);
    const steps = axis(random, rows);
    const table = {
      times: null,
      columns: [
        { ...column(corner, "any", rows, (row) => steps[row]), unnamed: corner === "" },
        ...labels.map((name) => ({
          name,
          unit: null,
          decimals: 2,
          role: "value",
          cells: valueCells(random, rows, "around", 40, 2),
        })),
      ],
    };
    return { body: delimited([header(table), ...textRows(table)], marks(random)), table };
  },
  "years under a bare corner"(random) {
    const rows = random.int(5, 40);
    const first = random.int(1_950, 2_000);
    const places = column(
      "",
      "category",
      rows,
      (row) => `${random.pick(["North", "Upper", "New"])} field ${row}`,
    );
    const years = Array.from({ length: random.int(3, 12) }, (_, k) => ({
      name: String(first + k * 5),
      unit: null,
      decimals: 1,
      role: "value",
      cells: valueCells(random, rows, "skewed", 900, 1),
    }));
    const table = { columns: [{ ...places, unnamed: true }, ...years], times: null };
    return { body: delimited([header(table), ...textRows(table)], marks(random)), table };
  },
  "readings that begin late"(random) {
    const rows = random.int(40, 200);
    const base = tableOf(random, {
      rows,
      notation: NOTATIONS.DAYS_WRITTEN.iso,
      when: instants(random, rows, "day", { order: "even" }),
      fewest: { values: 3, categories: 0, others: 0 },
      most: { values: 5, categories: 0, others: 0 },
    });
    const late = random.int(8, 20);
    const table = withColumns(base, (one) =>
      one.role === "value" ? { ...one, cells: one.cells.map((cell, row) => (row < late ? "" : cell)) } : one,
    );
    return { body: plain(table), table };
  },
  "surveys in two rows of names"(random) {
    const rows = random.int(10, 120);
    const options = ["Part one", "Part two", "Part three", "Part four"].slice(0, random.int(2, 4));
    const question = "Rank the parts from best to worst";
    const ids = column("Respondent ID", "any", rows, (row) => 3_292_880_000 - row * random.int(1, 3));
    const seen = column("Have you seen any of them? Response", "category", rows, () =>
      random.pick(["Yes", "No"]),
    );
    const ranks = options.map((option) => ({
      ...column(`${question} ${option}`, "any", rows, () => random.int(1, options.length)),
    }));
    const age = column("Age Response", "category", rows, () => random.pick(["18-29", "30-44", "> 60"]));
    const spent = { ...column("Spent Response", "value", rows, () => random.int(0, 900)) };
    const table = { columns: [ids, seen, ...ranks, age, spent], times: null };
    const above = [
      "Respondent ID",
      "Have you seen any of them?",
      question,
      ...options.slice(1).map(() => ""),
    ];
    const below = ["", "Response", ...options, "Response", "Response"];
    return { body: delimited([[...above, "Age", "Spent"], below, ...textRows(table)], marks(random)), table };
  },
  "codes beside their names"(random) {
    const rows = random.int(15, 200);
    const table = dated(random, rows);
    const [name, codes, words] = random.pick(CODED);
    const picks = Array.from({ length: rows }, () => random.int(0, codes.length - 1));
    const behind = random.pick(["_name", " description", "_title"]);
    const full = withMore(random, table, [
      column(name, "category", rows, (row) => codes[picks[row]]),
      column(`${name}${behind}`, "category", rows, (row) => words[picks[row]]),
    ]);
    return { body: plain(full), table: full };
  },
  "pieces of dates without a year"(random) {
    const rows = random.int(30, 200);
    const base = tableOf(random, { ...some, rows, notation: null });
    const table = withMore(random, base, [
      column(random.pick(["Month", "month"]), "category", rows, () => random.int(5, 9)),
      column(random.pick(["Day", "day", "hour", "weekday"]), "category", rows, () => random.int(1, 7)),
    ]);
    return { body: plain(table), table };
  },
};
