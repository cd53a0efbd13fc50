// Families by what upsets readers: cells that are numbers and something more, digits that are no measure, times in words
// of their own, tables turned round, and several of these at once.
import { DOMAINS } from "./domains.mjs";
import { plain } from "./families-times.mjs";
import {
  anyNotation,
  rowCount,
  tableOf,
  withColumns,
  withManners,
  withMissing,
  withNeutralNames,
} from "./tables.mjs";
import { instants, NOTATIONS, numericDate, parts } from "./times.mjs";
import { delimited, header, NUMBERS, records, textRows } from "./writers.mjs";

const some = { fewest: { values: 2, categories: 0, others: 0 } };
const two = (number) => String(number).padStart(2, "0");
const column = (name, role, rows, next) => ({
  name,
  unit: null,
  role,
  cells: Array.from({ length: rows }, (_, row) => next(row)),
});
const withMore = (random, table, more) => ({
  ...table,
  columns: more.reduce((all, one) => all.toSpliced(random.int(0, all.length), 0, one), table.columns),
});
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
  "numbers like times"(random) {
    // Readings of the size of years and of compact dates, with no time beside them or with one.
    const rows = random.size(10, 200);
    const more = [
      column(random.pick(["units", "altitude", "visitors"]), "value", rows, () => random.int(1_850, 2_090)),
      column(random.pick(["revenue", "population"]), "value", rows, () => random.int(19_000_000, 21_000_000)),
      column(random.pick(["duration", "elapsed"]), "value", rows, () =>
        random.int(1_100_000_000, 1_600_000_000),
      ),
    ];
    const notation = random.chance(0.5) ? anyNotation(random) : null;
    const table = withMore(
      random,
      tableOf(random, { rows, notation, ...some }),
      random.sample(more, random.int(1, 3)),
    );
    return { body: plain(table), table };
  },
  "times of day"(random) {
    // A clock without a date is the time of no row.
    const rows = random.size(8, 150);
    const name = random.pick(["lap_time", "opens", "shift_start"]);
    const clock = column(name, "any", rows, () => `${two(random.int(0, 23))}:${two(random.int(0, 59))}`);
    const table = withMore(random, tableOf(random, { rows, notation: null, ...some }), [clock]);
    return { body: plain(table), table };
  },
  "dates among others"(random) {
    // The row's own time beside birthdays and deadlines.
    const rows = random.size(8, 150);
    const notation = anyNotation(random, ["DAYS_WRITTEN"]);
    const domain = random.pick([DOMAINS.health, DOMAINS.sales, DOMAINS.survey, DOMAINS.transport]);
    const base = tableOf(random, { rows, notation, domain });
    const day = (low, high) => () =>
      notation.write(Date.UTC(random.int(low, high), random.int(0, 11), random.int(1, 28)));
    const more = random.sample(
      [
        column("date_of_birth", "any", rows, day(1_940, 2_004)),
        column("expiry_date", "any", rows, day(2_026, 2_031)),
        column("last_updated", "any", rows, day(2_024, 2_025)),
      ],
      random.int(1, 2),
    );
    const table = withMore(random, base, more);
    return { body: plain(table), table };
  },
  "mixed notations"(random) {
    const rows = random.size(12, 150);
    const notations = random.sample(
      [
        NOTATIONS.DAYS_WRITTEN.iso,
        NOTATIONS.WORDED.british,
        NOTATIONS.WORDED.american,
        NOTATIONS.DAYS_WRITTEN.slashes,
      ],
      2,
    );
    const base = tableOf(random, { rows, notation: notations[0], ...some });
    const table = withColumns(base, (one) =>
      one.role === "time" ? { ...one, cells: base.times.map((ms) => random.pick(notations).write(ms)) } : one,
    );
    return { body: plain(table), table };
  },
  "some times missing"(random) {
    const rows = random.size(20, 200);
    const base = tableOf(random, {
      rows,
      notation: anyNotation(random, ["MOMENTS", "DAYS_WRITTEN"]),
      ...some,
    });
    const word = random.pick(["", "NA", "unknown", "-"]);
    const gone = base.times.map((_, row) => row > 0 && row < rows - 1 && random.chance(0.1));
    const table = withColumns(base, (one) =>
      one.role === "time" ? { ...one, cells: one.cells.map((cell, row) => (gone[row] ? word : cell)) } : one,
    );
    return { body: plain(table), table: { ...table, timeless: gone } };
  },
  "unknown notations"(random) {
    // Times that a reader may not know: where none is taken, the answer is wrong and should be unsure.
    const rows = random.size(8, 100);
    const write = random.pick([
      (i) => `week ${1 + (i % 52)} of ${2_021 + Math.floor(i / 52)}`,
      (i) => `${1 + (i % 28)} Muharram ${1_440 + Math.floor(i / 28)}`,
      (i) => `${["Spring", "Summer", "Autumn", "Winter"][i % 4]} ${2_000 + Math.floor(i / 4)}`,
      (i) => `FY${two(10 + Math.floor(i / 12))} P${two(1 + (i % 12))}`,
      (i) => `the ${1 + (i % 28)}th day of month ${1 + (i % 12)} in 2021`,
    ]);
    const time = column(random.pick(["date", "time", "period"]), "time", rows, write);
    const table = tableOf(random, { rows, notation: null, ...some });
    return {
      body: plain({ ...table, columns: [time, ...table.columns] }),
      table: { ...table, columns: [time, ...table.columns] },
    };
  },
  "decimal years"(random) {
    const rows = random.int(24, 240);
    const table = tableOf(random, {
      rows,
      notation: NOTATIONS.PERIODS.month,
      when: instants(random, rows, "month", { order: "even" }),
      timeName: random.pick(["time", "year", "Date"]),
      most: { values: 3, categories: 0, others: 0 },
    });
    const decimal = (ms) => (parts(ms).y + (parts(ms).m - 1) / 12).toFixed(4);
    const written = withColumns(table, (one) =>
      one.role === "time" ? { ...one, cells: table.times.map(decimal) } : one,
    );
    return { body: plain(written), table: written };
  },
  "days across"(random) {
    // Each row a place, each column a day: no column is the time of a row.
    const rows = random.int(3, 30);
    const days = instants(random, random.int(5, 30), "day", { order: "even" });
    const write = random.pick([
      NOTATIONS.DAYS_WRITTEN.iso.write,
      numericDate("mdy", { padded: false, shortYear: true }).write,
    ]);
    const places = column(
      random.pick(["Country", "Station"]),
      "category",
      rows,
      (i) => `${random.pick(["North", "South", "East"])} ${i}`,
    );
    const values = days.map((ms) =>
      column(write(ms), "value", rows, () => Math.round(100 * Math.exp(random.normal()))),
    );
    const table = { times: null, columns: [places, ...values] };
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
  "years without names"(random) {
    const rows = random.int(8, 80);
    const table = tableOf(random, {
      rows,
      notation: NOTATIONS.PERIODS.year,
      timeName: random.pick(["x", "col1", "A"]),
      most: { values: 3, categories: 0, others: 0 },
    });
    const at = table.columns.findIndex(({ role }) => role === "time");
    const columns = [table.columns[at], ...table.columns.toSpliced(at, 1)];
    return { body: plain({ ...table, columns }), table: { ...table, columns } };
  },
  "epochs without names"(random) {
    const table = tableOf(random, {
      notation: anyNotation(random, ["EPOCHS"]),
      timeName: random.pick(["x", "c0", "a", "value_1"]),
      most: { values: 3, categories: 1, others: 1 },
    });
    return { body: plain(table), table };
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
  "objects by time"(random) {
    const rows = random.size(5, 100);
    const notation = random.pick([NOTATIONS.DAYS_WRITTEN.iso, NOTATIONS.MOMENTS.isoZ]);
    const when = instants(random, rows, notation.unit, { order: "even" });
    const table = tableOf(random, {
      rows,
      notation,
      when,
      most: { values: 4, categories: 0, others: 0 },
      ...some,
    });
    const all = records(table);
    const time = table.columns.find(({ role }) => role === "time");
    const byTime = Object.fromEntries(all.map(({ [time.name]: at, ...rest }) => [at, rest]));
    const columns = [{ ...time, unnamed: true }, ...table.columns.filter(({ role }) => role !== "time")];
    return {
      body: JSON.stringify(random.chance(0.5) ? byTime : { data: byTime }),
      table: { ...table, columns },
    };
  },
  "pairs of time and value"(random) {
    const rows = random.size(6, 200);
    const when = instants(random, rows, "minute", { order: "even" });
    const values = column("value", "value", rows, () => Number((40 + 9 * random.normal()).toFixed(2)));
    const time = { ...column("time", "time", rows, (i) => when[i]), unnamed: true };
    const table = { times: when, columns: [time, values], unnamed: true };
    const pairs = when.map((ms, i) => [ms, values.cells[i]]);
    return { body: JSON.stringify(random.pick([pairs, { prices: pairs }, { data: pairs }])), table };
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
