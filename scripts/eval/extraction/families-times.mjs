// Families by how their times are written.
import { DOMAINS } from "./domains.mjs";
import { anyNotation, long, tableOf, withManners, withMissing, withTimeApart } from "./tables.mjs";
import { instants, NOTATIONS, numericDate, openDays, parts } from "./times.mjs";
import { delimited, header, NUMBERS, textRows } from "./writers.mjs";

const two = (number) => String(number).padStart(2, "0");
/** The plainest text of a table. */
export const plain = (table) => delimited([header(table), ...textRows(table)]);
const written = (table) => ({ body: plain(table), table });

const marks = ["/", "/", "-"];

/** Enough days that one of them is past the twelfth, so that only one order can be meant. */
function settled(random, order) {
  const rows = random.size(12, 400);
  const notation = numericDate(order, {
    mark: random.pick(marks),
    padded: random.chance(0.6),
    shortYear: random.chance(0.25),
    clockOf: random.pick(["", "", "24", "12"]),
  });
  const when = instants(random, rows, "day", { order: random.pick(["even", "backwards"]) });
  when[random.int(0, rows - 1)] = Date.UTC(parts(when[0]).y, 4, random.int(13, 28));
  return written(tableOf(random, { rows, notation, when }));
}

const stepped = (random, rows, options) => instants(random, rows, "minute", options);

export const TIME_FAMILIES = {
  "iso times": (random) => written(withManners(random, tableOf(random))),
  "worded months": (random) => written(tableOf(random, { notation: anyNotation(random, ["WORDED"]) })),
  "day first": (random) => settled(random, "dmy"),
  "month first": (random) => settled(random, "mdy"),
  "open order": (random) => {
    const rows = random.size(4, 60);
    const order = random.pick(["dmy", "mdy"]);
    const notation = numericDate(order, { mark: random.pick(marks), padded: random.chance(0.5) });
    const when = openDays(random, rows);
    if (random.chance(0.3)) when.sort((a, b) => a - b);
    return written(tableOf(random, { rows, notation, when }));
  },
  "days of one month": (random) => {
    const order = random.pick(["dmy", "mdy"]);
    const first = Date.UTC(random.int(2_012, 2_022), random.int(0, 11), 1);
    const rows = random.int(4, 12);
    const when = Array.from({ length: rows }, (_, i) => first + i * 86_400_000);
    return written(tableOf(random, { rows, notation: numericDate(order), when }));
  },
  "months, quarters, years": (random) => {
    const notation = anyNotation(random, ["PERIODS"]);
    const names = {
      month: ["month", "date", "period"],
      quarter: ["quarter", "period"],
      year: ["year", "Year"],
    };
    const rows = random.size(6, 80);
    const timeName = random.pick(names[notation.unit]);
    return written(
      tableOf(random, { rows, notation, timeName, most: { values: 5, categories: 1, others: 0 } }),
    );
  },
  epochs: (random) => {
    const timeName = random.pick(["timestamp", "ts", "time", "unix_time", "epoch", "created_at"]);
    return written(tableOf(random, { notation: anyNotation(random, ["EPOCHS"]), timeName }));
  },
  "date and time apart": (random) => {
    const rows = random.size(8, 300);
    const when = stepped(random, rows);
    const table = tableOf(random, { rows, notation: NOTATIONS.MOMENTS.isoMinute, when });
    const day = random.pick([
      (at) => `${at.y}-${two(at.m)}-${two(at.d)}`,
      (at) => `${two(at.d)}.${two(at.m)}.${at.y}`,
      (at) => `${at.y}${two(at.m)}${two(at.d)}`,
    ]);
    const clock = random.pick([
      (at) => `${two(at.h)}:${two(at.min)}`,
      (at) => `${two(at.h)}:${two(at.min)}:00`,
      (at) => `${at.h % 12 || 12}:${two(at.min)} ${at.h < 12 ? "am" : "pm"}`,
    ]);
    const names = random.pick([
      ["date", "time"],
      ["Date", "Time"],
      ["Datum", "Uhrzeit"],
      ["day", "time_of_day"],
      ["fecha", "hora"],
    ]);
    return written(withTimeApart(table, names, (ms) => [day(parts(ms)), clock(parts(ms))]));
  },
  "pieces of dates": (random) => {
    const withDay = random.chance(0.6);
    const rows = random.size(12, 200);
    const when = instants(random, rows, withDay ? "day" : "month", { order: "even" });
    const domain = random.pick(Object.values(DOMAINS));
    const table = tableOf(random, { rows, domain, notation: NOTATIONS.DAYS_WRITTEN.iso, when });
    const names = random.pick([
      ["year", "month", "day"],
      ["Year", "Month", "Day"],
      ["YEAR", "MO", "DY"],
      ["yyyy", "mm", "dd"],
      ["jahr", "monat", "tag"],
    ]);
    return written(
      withTimeApart(table, withDay ? names : names.slice(0, 2), (ms) => {
        const { y, m, d } = parts(ms);
        return withDay ? [y, m, d] : [y, m];
      }),
    );
  },
  "several times": (random) => {
    const rows = random.size(8, 200);
    const notation = anyNotation(random, ["MOMENTS"]);
    const table = tableOf(random, {
      rows,
      notation,
      timeName: random.pick(["created_at", "start_time", "opened"]),
    });
    const later = random.pick(["updated_at", "end_time", "closed", "due_date"]);
    const ends = table.times.map((ms) => notation.write(ms + random.int(60, 90_000) * 1_000));
    const at = table.columns.findIndex(({ role }) => role === "time") + 1;
    const column = { name: later, unit: null, role: "any", cells: ends };
    return written({ ...table, columns: table.columns.toSpliced(at, 0, column) });
  },
  "times amid digits": (random) => {
    // Identifiers and counts of as many digits as an epoch or a compact date has.
    const rows = random.size(10, 200);
    const table = tableOf(random, {
      rows,
      notation: random.pick([
        NOTATIONS.DAYS_WRITTEN.digits,
        NOTATIONS.EPOCHS.seconds,
        NOTATIONS.MOMENTS.isoZ,
      ]),
      timeName: random.pick(["date", "timestamp", "time"]),
    });
    const digits = [
      {
        name: "account_id",
        unit: null,
        role: "any",
        cells: table.times.map(() => random.int(1_000_000_000, 1_900_000_000)),
      },
      {
        name: "bytes_sent",
        unit: null,
        role: "value",
        cells: table.times.map(() => random.int(900_000_000, 2_100_000_000)),
      },
      { name: "stock", unit: null, role: "value", cells: table.times.map(() => random.int(1_900, 2_100)) },
    ];
    return written({ ...table, columns: [...table.columns, ...random.sample(digits, random.int(1, 3))] });
  },
  "no time": (random) =>
    written(
      withManners(
        random,
        tableOf(random, { notation: null, fewest: { values: 1, categories: 1, others: 0 } }),
      ),
    ),
  "long and dated": (random) => {
    const table = tableOf(random, {
      rows: random.size(6, 100),
      fewest: { values: 3, categories: 0, others: 0 },
      most: { values: 5, categories: 1, others: 0 },
    });
    const names = random.pick([
      ["variable", "value"],
      ["metric", "value"],
      ["indicator", "obs_value"],
      ["parameter", "result"],
    ]);
    return written(long(table, names));
  },
  "missing words": (random) => {
    const table = withMissing(random, tableOf(random, { rows: random.size(12, 300) }));
    return { body: delimited([header(table), ...textRows(table, NUMBERS.fixed)]), table };
  },
};
