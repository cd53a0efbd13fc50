// Families by how delimited text is laid out.
import { DOMAINS } from "./domains.mjs";
import { plain } from "./families-times.mjs";
import { anyNotation, rowCount, tableOf, withManners, withMissing, withNeutralNames } from "./tables.mjs";
import { NOTATIONS } from "./times.mjs";
import { aligned, delimited, header, NUMBERS, textRows } from "./writers.mjs";

const full = (table, numbers) => [header(table), ...textRows(table, numbers)];
const sum = (cells) => cells.reduce((total, cell) => total + (typeof cell === "number" ? cell : 0), 0);
const some = { fewest: { values: 2, categories: 0, others: 0 } };

export const CSV_FAMILIES = {
  dialects(random) {
    const table = withManners(random, tableOf(random));
    const options = {
      delimiter: random.pick([",", ";", "\t", "|"]),
      quoteAll: random.chance(0.3),
      end: random.pick(["\n", "\r\n"]),
    };
    const body = delimited(full(table), options);
    return { body: random.chance(0.3) ? `\uFEFF${body}` : body, table };
  },
  "decimal commas"(random) {
    const notation = random.pick([
      NOTATIONS.DAYS_WRITTEN.dots,
      NOTATIONS.MOMENTS.dots,
      NOTATIONS.MOMENTS.isoSpace,
    ]);
    const domain = random.pick([DOMAINS.factory, DOMAINS.commerce, DOMAINS.energy, DOMAINS.staff]);
    const table = tableOf(random, { domain, notation, ...some });
    const numbers = random.pick([NUMBERS.comma, NUMBERS.groupedComma]);
    return { body: delimited(full(table, numbers), { delimiter: random.pick([";", ";", "\t"]) }), table };
  },
  "money and percent"(random) {
    const domain = random.pick([DOMAINS.sales, DOMAINS.finance, DOMAINS.web, DOMAINS.transport]);
    const table = tableOf(random, { domain, ...some });
    const mark = random.pick(["$", "€", "USD "]);
    const rows = textRows(table, NUMBERS.grouped);
    const signs = table.columns.map(({ role, unit }) =>
      role !== "value"
        ? (cell) => cell
        : unit === "%"
          ? (cell) => `${cell}%`
          : unit === "USD" || unit === "$"
            ? (cell) => mark + cell
            : (cell) => cell,
    );
    return {
      body: delimited([header(table), ...rows.map((row) => row.map((cell, i) => signs[i](cell)))]),
      table,
    };
  },
  aligned(random) {
    const domain = random.pick([DOMAINS.sensors, DOMAINS.energy, DOMAINS.web]);
    const notation = random.pick([
      NOTATIONS.DAYS_WRITTEN.iso,
      NOTATIONS.MOMENTS.isoZ,
      NOTATIONS.DAYS_WRITTEN.digits,
    ]);
    const table = tableOf(random, {
      domain,
      notation,
      timeName: "date",
      most: { values: 5, categories: 0, others: 0 },
      ...some,
    });
    return { body: aligned(full(table)), table };
  },
  "lines above"(random) {
    const table = tableOf(random, some);
    const mark = random.pick(["", "", "# "]);
    const lines = random.sample(
      [
        "Monthly export of readings",
        `Generated: 2024-${random.int(10, 12)}-03 08:15`,
        "Station: North gate",
        "Source; internal use only",
        "Version: 2.1",
        "Units as stated in the header",
      ],
      random.int(1, 4),
    );
    const gap = random.chance(0.5) && mark === "" ? [""] : [];
    return { body: [...lines.map((line) => mark + line), ...gap, plain(table)].join("\n"), table };
  },
  "row of units"(random) {
    const domain = random.pick([DOMAINS.sensors, DOMAINS.energy, DOMAINS.health, DOMAINS.factory]);
    const table = tableOf(random, { domain, most: { values: 5, categories: 1, others: 0 }, ...some });
    const units = table.columns.map(({ unit, role }) => unit ?? (role === "value" ? "-" : ""));
    return { body: delimited([header(table), units, ...textRows(table)]), table };
  },
  "stacked headers"(random) {
    const table = tableOf(random, {
      most: { values: 5, categories: 1, others: 0 },
      fewest: { values: 3, categories: 0, others: 0 },
    });
    const groups = [];
    let group = "";
    for (const [i, { role }] of table.columns.entries()) {
      if (role !== "value") group = "";
      else if (group === "" || random.chance(0.3))
        group = `${random.pick(["Indoor", "Outdoor", "Plant", "Main"])} ${i}`;
      groups.push(group);
    }
    return { body: delimited([groups, ...full(table)]), table: { ...table, unnamed: true } };
  },
  "sums and footnotes"(random) {
    const notation = anyNotation(random, ["DAYS_WRITTEN", "PERIODS"]);
    const table = tableOf(random, {
      notation,
      rows: random.size(5, 60),
      most: { values: 4, categories: 1, others: 0 },
    });
    const total = table.columns.map(({ role, cells, decimals }, i) =>
      role === "value"
        ? sum(cells).toFixed(decimals)
        : i === 0
          ? random.pick(["Total", "Grand total", "Sum", "Average"])
          : "",
    );
    const width = table.columns.length;
    const note = ["* provisional", "Source: own counts", "Note: figures are rounded"].map((line) => [
      line,
      ...Array(width - 1).fill(""),
    ]);
    const rows = [
      ...full(table),
      ...(total[0] !== "" && !/\d/.test(total[0]) ? [total] : []),
      ...random.sample(note, random.int(0, 2)),
    ];
    return { body: delimited(rows), table };
  },
  "ragged rows"(random) {
    const table = tableOf(random, { rows: random.size(12, 200), ...some });
    const rows = full(table).map((row, i) => {
      if (i === 0 || !random.chance(0.15)) return row;
      return random.chance(0.5) ? [...row, ""] : row.at(-1) === "" || row.length < 4 ? row : row.slice(0, -1);
    });
    return { body: delimited(rows), table };
  },
  "no header": (random) => {
    const table = tableOf(random, {
      rows: random.size(8, 200),
      most: { values: 4, categories: 2, others: 0 },
    });
    return { body: delimited(textRows(table)), table: { ...table, unnamed: true } };
  },
  "neutral names"(random) {
    const table = withNeutralNames(
      random,
      tableOf(random, { most: { values: 4, categories: 2, others: 1 } }),
    );
    return { body: plain(table), table };
  },
  "few rows"(random) {
    const table = tableOf(random, {
      rows: random.int(1, 5),
      notation: anyNotation(random, ["MOMENTS", "DAYS_WRITTEN", "WORDED"]),
    });
    return { body: plain(table), table };
  },
  "many rows"(random) {
    const table = withMissing(random, tableOf(random, { rows: random.int(1_500, 5_000) }));
    return { body: plain(table), table };
  },
  "many columns"(random) {
    const rows = random.size(6, 60);
    const tables = random
      .sample(Object.values(DOMAINS), 4)
      .map((domain) =>
        tableOf(random, { rows, domain, notation: null, fewest: { values: 3, categories: 1, others: 1 } }),
      );
    const first = tableOf(random, { rows });
    const taken = new Set();
    const columns = [first, ...tables]
      .flatMap((table) => table.columns)
      .filter(({ name }) => !taken.has(name) && taken.add(name));
    return { body: plain({ ...first, columns }), table: { ...first, columns } };
  },
  "texts with breaks"(random) {
    const table = tableOf(random, some);
    const cells = Array.from({ length: rowCount(table) }, (_, i) =>
      random.pick([
        `said "no, not now", then left`,
        "first line\nsecond line",
        `plain words no ${i}`,
        "a; b, c",
      ]),
    );
    const columns = [...table.columns, { name: "comment", unit: null, role: "any", cells }];
    return { body: plain({ ...table, columns }), table: { ...table, columns } };
  },
  "codes and flags"(random) {
    const domain = random.pick([
      DOMAINS.health,
      DOMAINS.survey,
      DOMAINS.sales,
      DOMAINS.transport,
      DOMAINS.staff,
    ]);
    const table = tableOf(random, {
      domain,
      fewest: { values: 1, categories: 1, others: 3 },
      most: { values: 3, categories: 2, others: 5 },
      notation: random.chance(0.5) ? anyNotation(random) : null,
    });
    return { body: plain(withManners(random, table)), table };
  },
};
