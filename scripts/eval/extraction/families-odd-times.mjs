// Families whose times upset readers: missing, without a name, across the columns, in words of their own, or beside others.
import { DOMAINS } from "./domains.mjs";
import { plain } from "./families-times.mjs";
import { anyNotation, column, tableOf, withColumns, withMore } from "./tables.mjs";
import { instants, NOTATIONS, numericDate, parts } from "./times.mjs";
import { records } from "./writers.mjs";

const some = { fewest: { values: 2, categories: 0, others: 0 } };
const two = (number) => String(number).padStart(2, "0");
export const ODD_TIME_FAMILIES = {
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
};
