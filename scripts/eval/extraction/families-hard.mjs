// Families by what upsets readers: cells that are numbers and something more, digits that are no measure, tables
// without names or with two of one, and several of these at once.
import { DOMAINS } from "./domains.mjs";
import { plain } from "./families-times.mjs";
import {
  anyNotation,
  column,
  rowCount,
  tableOf,
  withColumns,
  withManners,
  withMissing,
  withMore,
  withNeutralNames,
} from "./tables.mjs";
import { delimited, header, NUMBERS, textRows } from "./writers.mjs";

const some = { fewest: { values: 2, categories: 0, others: 0 } };
/** Values as texts that say the number and more. */
const marked = (random, table, mark) =>
  withColumns(table, (one) =>
    one.role === "value" && random.chance(0.7)
      ? { ...one, written: one.cells.map((cell) => (typeof cell === "number" ? mark(cell, one) : cell)) }
      : one,
  );
const markedRows = (table) =>
  textRows(table).map((row, at) => row.map((cell, i) => table.columns[i].written?.[at] ?? cell));
const csv = (table, options) => delimited([header(table), ...markedRows(table)], options);

export const HARD_FAMILIES = {
  "units in cells"(random) {
    const domain = random.pick([DOMAINS.sensors, DOMAINS.energy, DOMAINS.health, DOMAINS.transport]);
    const space = random.pick(["", " "]);
    const table = marked(random, tableOf(random, { domain, ...some }), (cell, { unit }) =>
      unit === null ? String(cell) : `${cell}${space}${unit}`,
    );
    return { body: csv(table), table };
  },
  "numbers with marks"(random) {
    const style = random.pick([
      (cell) => (random.chance(0.1) ? `${cell}*` : String(cell)),
      (cell) => (cell < 0 ? `(${-cell})` : String(cell)),
      (cell) => (cell < 0 ? `\u2212${-cell}` : String(cell)),
      (cell, { decimals }) => NUMBERS.grouped(cell, decimals).replaceAll(",", "\u00a0"),
      (cell, { decimals }) => NUMBERS.grouped(cell, decimals).replaceAll(",", "'"),
      (cell) => (random.chance(0.08) ? `${cell} e` : String(cell)),
      (cell) => cell.toExponential(),
    ]);
    const table = marked(random, tableOf(random, { rows: random.size(15, 200), ...some }), style);
    return { body: csv(table), table };
  },
  "words among numbers"(random) {
    const words = random.pick([
      ["suppressed"],
      ["<5", "<10"],
      ["closed", "no data"],
      ["trace"],
      ["pending", "n.d."],
    ]);
    const base = tableOf(random, { rows: random.size(15, 200), ...some });
    const share = random.pick([0.05, 0.15, 0.3]);
    const table = withColumns(base, (one) =>
      one.role === "value" && random.chance(0.5)
        ? { ...one, cells: one.cells.map((cell) => (random.chance(share) ? random.pick(words) : cell)) }
        : one,
    );
    return { body: csv(table), table };
  },
  "mostly empty"(random) {
    const base = tableOf(random, {
      rows: random.size(20, 300),
      fewest: { values: 3, categories: 1, others: 0 },
    });
    const share = random.pick([0.6, 0.85, 0.95]);
    const table = withColumns(base, (one) =>
      one.role === "time" || random.chance(0.4)
        ? one
        : { ...one, cells: one.cells.map((cell, row) => (row > 1 && random.chance(share) ? "" : cell)) },
    );
    return { body: csv(table), table };
  },
  "digits for words"(random) {
    const rows = random.size(20, 300);
    const digits = [
      ["district", (i) => 1 + ((i * 7) % 12)],
      ["cluster", (i) => (i * 5) % 4],
      ["postal", (i) => 10_000 + ((i * 911) % 80_000)],
      ["phone", (i) => 5_550_100_000 + ((i * 7_919) % 99_999)],
      ["treatment", (i) => (i * 3) % 3],
      ["type", (i) => 1 + ((i * 11) % 5)],
      ["batch", (i) => 24_001 + Math.floor(i / 10)],
      ["v1", (i) => (i * 13) % 2],
    ];
    const more = random
      .sample(digits, random.int(2, 4))
      .map(([name, next]) => column(name, "any", rows, next));
    const notation = random.chance(0.5) ? anyNotation(random) : null;
    const table = withMore(random, tableOf(random, { rows, notation, ...some }), more);
    return { body: plain(table), table };
  },
  "neutral, unnamed, few"(random) {
    const rows = random.int(2, 12);
    const notation = anyNotation(random, ["MOMENTS", "DAYS_WRITTEN", "EPOCHS"]);
    const table = tableOf(random, { rows, notation, most: { values: 4, categories: 2, others: 0 } });
    const body = random.chance(0.5) ? delimited(textRows(table)) : plain(withNeutralNames(random, table));
    return { body, table: { ...table, unnamed: true } };
  },
  "neutral and no time"(random) {
    const table = tableOf(random, {
      notation: null,
      fewest: { values: 2, categories: 1, others: 0 },
      most: { values: 5, categories: 2, others: 2 },
    });
    const body = random.chance(0.5) ? delimited(textRows(table)) : plain(withNeutralNames(random, table));
    return { body, table: { ...table, unnamed: true } };
  },
  "an index without a name"(random) {
    const base = tableOf(random, some);
    const index = column("", "any", rowCount(base), (i) => i);
    const table = { ...base, columns: [index, ...base.columns] };
    return { body: plain(table), table };
  },
  "a header one short": (random) => {
    // As R writes the names of rows: they have none of their own above them.
    const base = tableOf(random, some);
    const index = column("", "any", rowCount(base), (i) => i + 1);
    const table = { ...base, columns: [index, ...base.columns] };
    return { body: delimited([header(base), ...textRows(table)]), table };
  },
  "names again"(random) {
    const base = tableOf(random, { ...some, most: { values: 4, categories: 1, others: 1 } });
    const values = base.columns.filter(({ role }) => role === "value");
    const again = values.map((one) => ({
      ...one,
      cells: one.cells.map((cell) => (typeof cell === "number" ? Number((cell * 1.1).toFixed(3)) : cell)),
    }));
    const table = { ...base, columns: [...base.columns, ...again] };
    return { body: plain(table), table };
  },
  "long names"(random) {
    const words =
      "of the as measured by average per total at station number in period and for all units corrected".split(
        " ",
      );
    const table = withColumns(tableOf(random, some), (one) =>
      one.role === "time"
        ? one
        : { ...one, name: `${one.name} ${random.sample(words, random.int(4, 9)).join(" ")}` },
    );
    return { body: plain(table), table };
  },
  "comments and repeated headers"(random) {
    const table = tableOf(random, { rows: random.size(20, 150), ...some });
    const lines = plain(table).trimEnd().split("\n");
    const every = random.int(8, 15);
    const mark = random.pick(["# a remark of the logger", lines[0]]);
    const body = lines.flatMap((line, i) => (i > 1 && i % every === 0 ? [mark, line] : [line]));
    return { body: `${body.join("\n")}\n`, table };
  },
  "all at once"(random) {
    const notation = anyNotation(random, ["MOMENTS", "DAYS_WRITTEN", "WORDED", "EPOCHS"]);
    const table = withManners(
      random,
      withMissing(
        random,
        tableOf(random, {
          rows: random.size(10, 150),
          notation,
          fewest: { values: 3, categories: 1, others: 1 },
        }),
      ),
    );
    const delimiter = random.pick([",", ";", "\t", "|"]);
    const above = random.sample(["Export 3", "Owner: plant office", "confidential"], random.int(0, 2));
    const lines = delimited([header(table), ...textRows(table)], { delimiter })
      .trimEnd()
      .split("\n");
    const end = random.chance(0.3) ? ["", "Source: own counts"] : [];
    return { body: [...above, ...lines, ...end, ""].join("\r\n"), table };
  },
};
