// Families by the shape of the data: JSON, workbooks, wide tables, lines of readings and of logs.
import { DOMAINS } from "./domains.mjs";
import { plain } from "./families-times.mjs";
import { rowCount, tableOf, withColumns, withMissing } from "./tables.mjs";
import { instants, NOTATIONS } from "./times.mjs";
import { header, records, workbook } from "./writers.mjs";

const some = { fewest: { values: 2, categories: 0, others: 0 } };
const json = (value, random) => JSON.stringify(value, null, random.chance(0.5) ? 2 : 0);
/** JSON has a word of its own for what is missing. */
const nulled = (table) =>
  withColumns(table, (column) =>
    column.role === "value"
      ? { ...column, cells: column.cells.map((cell) => (typeof cell === "string" ? null : cell)) }
      : column,
  );
const cellsOf = (table) =>
  Array.from({ length: rowCount(table) }, (_, row) => table.columns.map(({ cells }) => cells[row]));

/** Values of each row in an object of their own, as APIs answer. */
function nested(table, under) {
  return Array.from({ length: rowCount(table) }, (_, row) => {
    const record = { [under]: {} };
    for (const { name, role, cells } of table.columns)
      (role === "value" ? record[under] : record)[name] = cells[row];
    return record;
  });
}

export const SHAPE_FAMILIES = {
  "JSON records"(random) {
    const table = nulled(withMissing(random, tableOf(random, some)));
    const all = records(table);
    const key = random.pick(["data", "results", "items", "records"]);
    const body = random.pick([all, { [key]: all }, { status: "ok", count: all.length, [key]: all }]);
    return { body: json(body, random), table };
  },
  "JSON lines"(random) {
    const table = nulled(withMissing(random, tableOf(random, some)));
    return {
      body: `${records(table)
        .map((one) => JSON.stringify(one))
        .join("\n")}\n`,
      table,
    };
  },
  "nested JSON"(random) {
    const table = tableOf(random, some);
    const under = random.pick(["values", "metrics", "readings", "main"]);
    const all = nested(table, under);
    const body = random.chance(0.5)
      ? all
      : { meta: { page: 1, site: "north" }, [random.pick(["list", "data"])]: all };
    return { body: json(body, random), table };
  },
  "JSON by columns"(random) {
    const table = tableOf(random, { ...some, rows: random.size(8, 200) });
    const byName = Object.fromEntries(table.columns.map(({ name, cells }) => [name, cells]));
    const body = random.pick([byName, { data: byName }, { columns: header(table), rows: cellsOf(table) }]);
    return { body: json(body, random), table };
  },
  "JSON by series"(random) {
    const rows = random.size(8, 100);
    const when = instants(random, rows, "minute", { order: "even" });
    const domain = random.pick([DOMAINS.sensors, DOMAINS.energy]);
    const table = tableOf(random, {
      rows,
      domain,
      notation: NOTATIONS.MOMENTS.isoZ,
      when,
      timeName: "time",
      most: { values: 3, categories: 0, others: 0 },
    });
    const hourly = Object.fromEntries(table.columns.map(({ name, cells }) => [name, cells]));
    const units = Object.fromEntries(table.columns.map(({ name, unit }) => [name, unit ?? "iso8601"]));
    return { body: json({ latitude: 52.1, longitude: 11.6, hourly_units: units, hourly }, random), table };
  },
  sheets(random) {
    const notation = random.pick([NOTATIONS.DAYS_WRITTEN.iso, NOTATIONS.MOMENTS.isoMinute]);
    const table = tableOf(random, { notation, rows: random.size(5, 150), ...some });
    const typed = withColumns(table, (column) =>
      column.role === "time" ? { ...column, cells: table.times.map((ms) => new Date(ms)) } : column,
    );
    const title = random.pick([
      [],
      [],
      [["Report of readings"], []],
      [["Quarterly figures", "confidential"], ["as of March"], []],
    ]);
    return {
      body: workbook([...title, header(table), ...cellsOf(typed)], random.pick(["xlsx", "xlsx", "biff8"])),
      table,
    };
  },
  "sheets of texts"(random) {
    const table = withMissing(random, tableOf(random, { rows: random.size(5, 100), ...some }));
    const total = table.columns.map(({ role, cells }, i) =>
      i === 0
        ? "Total"
        : role === "value"
          ? cells.reduce((sum, cell) => sum + (typeof cell === "number" ? cell : 0), 0)
          : null,
    );
    const end = random.chance(0.4) && table.columns[0].role !== "value" ? [total] : [];
    return { body: workbook([header(table), ...cellsOf(table), ...end]), table };
  },
  "months across"(random) {
    const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
    const rows = random.int(5, 60);
    const first = 2_024 - rows;
    const years = {
      name: random.pick(["Year", "year", "YEAR"]),
      unit: null,
      role: "time",
      cells: Array.from({ length: rows }, (_, i) => first + i),
    };
    const values = months.map((name) => ({
      name,
      unit: null,
      role: "value",
      cells: years.cells.map(() => Number((20 + 8 * random.normal()).toFixed(1))),
    }));
    const table = { columns: [years, ...values], times: years.cells.map((year) => Date.UTC(year, 0, 1)) };
    return { body: plain(table), table };
  },
  "years across"(random) {
    const rows = random.int(4, 40);
    const first = random.int(1_960, 2_010);
    const span = random.int(4, 14);
    const places = {
      name: random.pick(["Country", "Region", "Indicator"]),
      unit: null,
      role: "category",
      cells: Array.from(
        { length: rows },
        (_, i) =>
          `${random.pick(["North", "South", "Upper", "Lower", "New"])} ${random.pick(["land", "shire", "burg", "field"])} ${i}`,
      ),
    };
    const values = Array.from({ length: span }, (_, k) => ({
      name: String(first + k),
      unit: null,
      role: "value",
      cells: places.cells.map(() => Number((1_000 * Math.exp(random.normal())).toFixed(1))),
    }));
    const table = { columns: [places, ...values], times: null };
    return { body: plain(table), table };
  },
  "lines of readings"(random) {
    const rows = random.size(5, 120);
    const when = instants(random, rows, "minute", { order: "even" });
    const domain = random.pick([DOMAINS.sensors, DOMAINS.energy]);
    const table = tableOf(random, {
      rows,
      domain,
      notation: random.pick([NOTATIONS.MOMENTS.isoZ, NOTATIONS.MOMENTS.isoSpace]),
      when,
      most: { values: 4, categories: 1, others: 0 },
      ...some,
    });
    const at = table.columns.findIndex(({ role }) => role === "time");
    const others = table.columns.toSpliced(at, 1);
    const mark = random.pick(["=", ": ", "="]);
    const body = table.columns[at].cells.map(
      (time, row) =>
        `${time} ${others.map(({ name, cells }) => `${name}${mark}${String(cells[row]).replaceAll(" ", "_")}`).join(mark === ": " ? ", " : " ")}`,
    );
    return {
      body: `${body.join("\n")}\n`,
      table: { ...table, columns: [{ ...table.columns[at], unnamed: true }, ...others] },
    };
  },
  "logs as tables"(random) {
    const rows = random.size(10, 300);
    const when = instants(random, rows, "second", { order: "events" });
    const notation = random.pick([
      NOTATIONS.MOMENTS.isoMillis,
      NOTATIONS.MOMENTS.isoSpace,
      NOTATIONS.EPOCHS.millis,
    ]);
    const column = (name, role, next) => ({
      name,
      unit: null,
      role,
      cells: Array.from({ length: rows }, (_, row) => next(row)),
    });
    const table = {
      times: when,
      columns: [
        {
          name: random.pick(["timestamp", "time", "ts", "@timestamp"]),
          unit: null,
          role: "time",
          cells: when.map(notation.write),
        },
        column(random.pick(["level", "severity"]), "category", () =>
          random.pick(["INFO", "INFO", "WARN", "ERROR", "DEBUG"]),
        ),
        column(random.pick(["service", "component", "logger"]), "category", () =>
          random.pick(["auth", "billing", "search", "mailer"]),
        ),
        column(
          "message",
          "any",
          () =>
            `request ${random.int(1, 9_999)} took ${random.int(1, 900)} ms and returned ${random.pick(["ok", "late", "an error"])}`,
        ),
        ...(random.chance(0.6)
          ? [column("duration_ms", "value", () => Math.round(40 * Math.exp(random.normal())))]
          : []),
        ...(random.chance(0.4)
          ? [column("status_code", "any", () => random.pick([200, 200, 201, 404, 500]))]
          : []),
        ...(random.chance(0.3) ? [column("request_id", "any", () => random.int(100_000, 999_999))] : []),
      ],
    };
    const lines = random.chance(0.5)
      ? `${records(table)
          .map((one) => JSON.stringify(one))
          .join("\n")}\n`
      : plain(table);
    return { body: lines, table };
  },
  "events without readings"(random) {
    const domain = random.pick([DOMAINS.sport, DOMAINS.web, DOMAINS.sales, DOMAINS.sensors]);
    const table = tableOf(random, {
      domain,
      fewest: { values: 0, categories: 2, others: 0 },
      most: { values: 0, categories: 3, others: 1 },
    });
    return { body: plain(table), table };
  },
  ranks(random) {
    const table = tableOf(random, {
      domain: random.pick([DOMAINS.sport, DOMAINS.survey, DOMAINS.web]),
      notation: null,
      rows: random.size(8, 100),
      fewest: { values: 2, categories: 1, others: 0 },
      most: { values: 4, categories: 2, others: 0 },
    });
    const cells = Array.from({ length: rowCount(table) }, (_, i) => i + 1);
    const columns = [
      { name: random.pick(["Rank", "#", "Pos", "rank", "Place"]), unit: null, role: "any", cells },
      ...table.columns,
    ];
    return { body: plain({ ...table, columns }), table: { ...table, columns } };
  },
};
