// Families by names that mislead and by columns whose use their cells alone must tell.
import { categoryCells, valueCells } from "./columns.mjs";
import { plain } from "./families-times.mjs";
import { anyNotation, rowCount, tableOf, withMore } from "./tables.mjs";
import { delimited, header, records, textRows, workbook } from "./writers.mjs";

const some = {
  fewest: { values: 1, categories: 1, others: 0 },
  most: { values: 3, categories: 2, others: 1 },
};
const two = (number) => String(number).padStart(2, "0");
const list = (text) => text.split("|");
const base = (random, rows) =>
  tableOf(random, { ...some, rows, notation: random.chance(0.6) ? anyNotation(random) : null });

/** Measures whose names hold a word of a time, an identifier or a level. */
const MISLEADING_VALUES = [
  ["phone_calls", "skewed", 40, 0],
  ["code_lines", "skewed", 900, 0],
  ["class_size", "around", 24, 0],
  ["water_level", "walk", 3.4, 2],
  ["river_stage", "walk", 212, 0],
  ["hourly_rate", "around", 31, 2],
  ["time_taken", "skewed", 4.2, 2],
  ["day_sales", "skewed", 5_100, 2],
  ["month_total", "skewed", 40_000, 0],
  ["num_rooms", "upTo", 9, 0],
  ["no_of_visits", "upTo", 30, 0],
  ["reference_price", "walk", 80, 2],
  ["account_balance", "signed", 2_400, 2],
  ["zone_temperature", "walk", 19, 1],
  ["key_rate", "upTo", 6, 2],
  ["response_time_ms", "skewed", 180, 0],
  ["year_to_date", "meter", 90, 1],
  ["group_mean", "around", 12, 3],
  ["date_count", "upTo", 12, 0],
  ["uptime", "upTo", 100, 2],
];

/** Groups whose names hold a word of a time or of a number. */
const MISLEADING_CATEGORIES = [
  ["time_of_day", list("morning|noon|evening|night")],
  ["weekday", list("Mon|Tue|Wed|Thu|Fri")],
  ["season", list("spring|summer|autumn|winter")],
  ["month_name", list("January|March|May|July")],
  ["date_type", list("planned|actual")],
  ["price_band", list("low|middle|high")],
  ["count_method", list("manual|camera")],
  ["period_of_day", list("am|pm")],
  ["age_class", list("young|adult|old")],
];

export const NAME_FAMILIES = {
  "measures with misleading names"(random) {
    const rows = random.size(12, 250);
    const more = random.sample(MISLEADING_VALUES, random.int(2, 4)).map(([name, kind, scale, decimals]) => ({
      name,
      unit: null,
      decimals,
      role: "value",
      cells: valueCells(random, rows, kind, scale, decimals),
    }));
    const table = withMore(random, base(random, rows), more);
    return { body: plain(table), table };
  },
  "groups with misleading names"(random) {
    const rows = random.size(12, 250);
    const more = random.sample(MISLEADING_CATEGORIES, random.int(1, 3)).map(([name, words]) => ({
      name,
      unit: null,
      role: "category",
      cells: categoryCells(random, rows, words),
    }));
    const table = withMore(random, base(random, rows), more);
    return { body: plain(table), table };
  },
  "groups in digits"(random) {
    // Groups that are numbered: whoever adds them up is wrong.
    const rows = random.size(30, 300);
    const groups = random.sample(
      ["cluster", "treatment", "type", "district", "store", "line", "machine", "route"],
      random.int(1, 2),
    );
    const more = groups.map((name) => {
      const most = random.int(3, 12);
      return {
        name,
        unit: null,
        role: "category",
        cells: Array.from({ length: rows }, () => random.int(1, most)),
      };
    });
    const table = withMore(random, base(random, rows), more);
    return { body: plain(table), table };
  },
  "names of things"(random) {
    // Groups of which each row has another one, of one word or of several.
    const rows = random.size(6, 120);
    const title = () => {
      const words = random.sample(
        list("Green|River|Old|Tower|North|Bridge|Silent|House|of|the|King|Road|Summer|Field"),
        random.int(1, 4),
      );
      return words.join(" ");
    };
    const name = random.pick(["name", "title", "station", "company", "film"]);
    const cells = Array.from(
      { length: rows },
      (_, i) => `${title()} ${["", "I", "II", "III"][i % 4]}`.trim() + (i > 20 ? ` ${i}` : ""),
    );
    const rest = tableOf(random, { rows, notation: null, fewest: { values: 2, categories: 0, others: 0 } });
    const table = { ...rest, columns: [{ name, unit: null, role: "category", cells }, ...rest.columns] };
    return { body: plain(table), table };
  },
  "seconds since the start"(random) {
    // Relative times are readings beside others: no row has an instant.
    const rows = random.size(20, 400);
    const step = random.pick([0.01, 0.5, 1, 10]);
    const at = {
      name: random.pick(["time_s", "t", "elapsed (s)", "seconds"]),
      unit: null,
      role: "any",
      cells: Array.from({ length: rows }, (_, i) => Number((i * step).toFixed(3))),
    };
    const rest = tableOf(random, {
      rows,
      notation: null,
      fewest: { values: 2, categories: 0, others: 0 },
      most: { values: 5, categories: 0, others: 0 },
    });
    const table = { times: null, columns: [at, ...rest.columns] };
    return { body: plain(table), table };
  },
  "numbers as JSON texts"(random) {
    const table = tableOf(random, { fewest: { values: 2, categories: 0, others: 0 } });
    const texts = records(table).map((one) =>
      Object.fromEntries(
        Object.entries(one).map(([key, cell]) => [key, cell === null ? null : String(cell)]),
      ),
    );
    return {
      body: random.chance(0.5) ? JSON.stringify(texts) : texts.map((one) => JSON.stringify(one)).join("\n"),
      table,
    };
  },
  "records with lists"(random) {
    const table = tableOf(random, {
      rows: random.size(5, 120),
      fewest: { values: 2, categories: 0, others: 0 },
    });
    const all = records(table).map((one) => ({
      ...one,
      tags: random.sample(["new", "checked", "late"], random.int(0, 2)),
      links: { self: `/items/${random.int(1, 999)}` },
    }));
    const lists = ["tags", "links.self"].map((name) => ({
      name,
      unit: null,
      role: "any",
      cells: all.map(() => ""),
    }));
    const body = random.chance(0.5) ? { total: all.length, next: null, results: all } : all;
    return { body: JSON.stringify(body), table: { ...table, columns: [...table.columns, ...lists] } };
  },
  "tables in bars"(random) {
    const table = tableOf(random, {
      rows: random.size(4, 60),
      fewest: { values: 2, categories: 0, others: 0 },
      most: { values: 4, categories: 2, others: 0 },
    });
    const line = (cells) => `| ${cells.join(" | ")} |`;
    const rule = `|${table.columns.map(() => "---").join("|")}|`;
    return { body: `${[line(header(table)), rule, ...textRows(table).map(line)].join("\n")}\n`, table };
  },
  "sheets with two rows of names"(random) {
    const table = tableOf(random, {
      rows: random.size(6, 80),
      fewest: { values: 4, categories: 0, others: 0 },
      most: { values: 5, categories: 1, others: 0 },
    });
    const groups = table.columns.map(({ role }, i) =>
      role === "value" && i % 2 === 0 ? random.pick(["Inside", "Outside"]) : null,
    );
    const cells = Array.from({ length: rowCount(table) }, (_, row) =>
      table.columns.map((one) => one.cells[row]),
    );
    return {
      body: workbook([["Readings of the year"], [], groups, header(table), ...cells]),
      table: { ...table, unnamed: true },
    };
  },
  "clipped logs of machines"(random) {
    // Names, a time in the middle, codes around it, and half of the lines without the last value.
    const rows = random.size(15, 200);
    const core = tableOf(random, { rows, fewest: { values: 2, categories: 1, others: 2 } });
    const code = {
      name: "code",
      unit: null,
      role: "any",
      cells: Array.from({ length: rows }, () => `E${two(random.int(0, 40))}`),
    };
    const table = withMore(random, core, [code]);
    const text = [header(table), ...textRows(table)].map((row, i) =>
      i > 0 && random.chance(0.2) ? [...row.slice(0, -1), ""] : row,
    );
    return { body: delimited(text, { delimiter: random.pick([";", ",", "\t"]) }), table };
  },
};
