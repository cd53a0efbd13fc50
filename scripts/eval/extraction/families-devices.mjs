// Families of what devices, their services and their charts write.
import { DOMAINS } from "./domains.mjs";
import { plain } from "./families-times.mjs";
import { column, rowCount, tableOf, withColumns, withMore } from "./tables.mjs";
import { instants, NOTATIONS, parts } from "./times.mjs";
import { records } from "./writers.mjs";

const some = {
  fewest: { values: 2, categories: 0, others: 0 },
  most: { values: 4, categories: 0, others: 0 },
};
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const PLACES = ["kitchen", "cellar", "roof", "hall", "garage"];
const iso = (ms) => new Date(ms).toISOString();

/** Each row of a table once for each place, with a column of places before the others. */
function atPlaces(table, places, name) {
  const each = places.flatMap((place) => Array.from({ length: rowCount(table) }, (_, row) => [place, row]));
  const columns = table.columns.map((one) => ({ ...one, cells: each.map(([, row]) => one.cells[row]) }));
  const place = { ...column(name, "category", each.length, (i) => each[i][0]), unnamed: true };
  return { times: each.map(([, row]) => table.times[row]), columns: [place, ...columns] };
}

const daily = (random, rows) =>
  tableOf(random, {
    ...some,
    rows,
    domain: DOMAINS.weather ?? random.pick(Object.values(DOMAINS)),
    notation: NOTATIONS.DAYS_WRITTEN.iso,
    when: instants(random, rows, "day", { order: "even" }),
    timeName: "date",
  });
const lanesOf = (table) =>
  Object.fromEntries(
    table.columns.filter(({ role }) => role === "value").map(({ name, cells }) => [name, cells]),
  );

export const DEVICE_FAMILIES = {
  "days of the week inside"(random) {
    const table = tableOf(random, { notation: NOTATIONS.MOMENTS.isoSpace, ...some });
    const short = random.chance(0.5);
    const write = (ms) => {
      const day = DAYS[parts(ms).weekday];
      const [date, clock] = iso(ms).slice(0, 19).split("T");
      return `${date} ${short ? `(${day.slice(0, 3)})` : day} ${clock}`;
    };
    const written = withColumns(table, (one) =>
      one.role === "time" ? { ...one, cells: table.times.map(write) } : one,
    );
    return { body: plain(written), table: written };
  },
  "counts of a device's clock"(random) {
    // A date and a time of day beside a count of seconds since a year of the device's own.
    const rows = random.size(8, 200);
    const table = tableOf(random, { rows, notation: NOTATIONS.MOMENTS.isoSpace, timeName: "date", ...some });
    const since = Date.UTC(random.pick([1_980, 1_990, 2_000]), 0, 1) / 1_000;
    const early = table.times[0] / 1_000 - since > 320_000_000;
    const count = column(random.pick(["timestamp", "ts"]), "any", rows, (i) =>
      early ? Math.floor(table.times[i] / 1_000) - since : i,
    );
    const more = withMore(random, table, [count]);
    return { body: plain(more), table: more };
  },
  "labels in quotes"(random) {
    const rows = random.size(16, 200);
    const most = random.int(3, 6);
    const label = column(random.pick(["plot", "rabbit", "block"]), "category", rows, () =>
      String(random.int(1, most)),
    );
    const table = withMore(random, daily(random, rows), [label]);
    return { body: JSON.stringify(records(table)), table };
  },
  "places over one axis"(random) {
    const table = daily(random, random.int(4, 40));
    const places = random.sample(PLACES, random.int(2, 5));
    const time = table.columns.find(({ role }) => role === "time");
    const data = Object.fromEntries(places.map((place) => [place, lanesOf(table)]));
    const body = JSON.stringify({ asof: "2026-01-01", [random.pick(["dates", "labels"])]: time.cells, data });
    const all = atPlaces(table, places, "key");
    return {
      body,
      table: withColumns(all, (one) => (one.role === "time" ? { ...one, unnamed: true } : one)),
    };
  },
  "columns under keys"(random) {
    const table = daily(random, random.int(4, 40));
    const places = random.sample(PLACES, random.int(2, 5));
    const epochs = table.times.map((ms) => ms / 1_000);
    const data = Object.fromEntries(places.map((place) => [place, { t: epochs, ...lanesOf(table) }]));
    const all = atPlaces(table, places, "key");
    const named = withColumns(all, (one) =>
      one.role === "time" ? { ...one, name: "t", unnamed: true } : one,
    );
    return { body: JSON.stringify(random.chance(0.5) ? data : { candles: data }), table: named };
  },
  "series of points"(random) {
    // What is said of a series stands beside its points.
    const table = daily(random, random.int(2, 40));
    const value = table.columns.find(({ role }) => role === "value");
    const places = random.sample(PLACES, random.int(1, 4));
    const series = places.map((scope) => ({
      scope,
      interval: 600,
      length: table.times.length,
      start: table.times[0],
      unit: null,
      pointlist: table.times.map((ms, i) => [ms, value.cells[i]]),
    }));
    const time = { ...table.columns.find(({ role }) => role === "time"), unnamed: true };
    const all = atPlaces({ ...table, columns: [time, { ...value, name: "pointlist" }] }, places, "scope");
    return { body: JSON.stringify({ status: "ok", series }), table: all };
  },
  "messages under topics"(random) {
    const rows = random.size(12, 200);
    const table = tableOf(random, { ...some, rows, notation: null });
    const topic = column("topic", "category", rows, () => `home/${random.pick(PLACES)}`);
    const lines = records(table).map((record, i) => `${topic.cells[i]} ${JSON.stringify(record)}`);
    return { body: `${lines.join("\n")}\n`, table: { ...table, columns: [topic, ...table.columns] } };
  },
};
