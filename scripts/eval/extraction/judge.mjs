// What is right about a reading of data whose meaning is known.

const squash = (name) =>
  name
    .toLowerCase()
    .normalize("NFKC")
    .replace(/[^\p{L}\p{N}]+/gu, "");
/** Spelling, units in brackets and the path to a name do not matter. */
const forms = (name) => {
  const bare = name.replace(/\s*[([][^)\]]*[)\]]\s*/g, " ");
  return [squash(name), squash(bare), squash(bare.split(".").at(-1))].filter(Boolean);
};

/** The true column behind each column of a plan, or undefined: by name, else by its place among as many. */
function truthBehind(plan, { columns, unnamed }) {
  const free = new Set(columns);
  const found = new Map();
  const take = (name, truth) => {
    if (truth === undefined || !free.delete(truth)) return;
    found.set(name, truth);
  };
  for (const { name } of plan.columns)
    take(
      name,
      columns.find((one) => free.has(one) && forms(one.name).some((form) => forms(name).includes(form))),
    );
  // Names of their own tell columns of tables without names, and copies of a name; never a header taken for a row.
  const told = unnamed === true || found.size >= columns.length / 2;
  if (told && plan.columns.length === columns.length)
    for (const [i, { name }] of plan.columns.entries()) if (!found.has(name)) take(name, columns[i]);
  return found;
}

/**
 * One reading against the truth. `answered`: `{plan, ambiguities, points, rejected}`, the points in the order of the rows.
 *
 * - rows: as many points as the table has rows, or as many as have a time.
 * - time: the time is made of the true column, or of the first of those that belong together, and the first, middle and
 *   last row have their true instants; or there is none, and none was taken.
 * - values: F1 of the value fields, any-role columns left out of account; categories: the share that was found.
 * - swapped: days and months of a sample row are the other way round, and no ambiguity says that they may be.
 */
export function judge(answered, { table }) {
  const { plan, ambiguities, points } = answered;
  const behind = truthBehind(plan, table);
  const named = (role) => plan.columns.filter((column) => column.role === role).map(({ name }) => name);
  const rows = table.columns[0].cells.length;
  // Rows without a time are no points; the others stand at their own instants.
  const kept = Array.from({ length: rows }, (_, row) => row).filter((row) => !table.timeless?.[row]);
  const complete = points.length === kept.length || points.length === rows;
  const written = points.length === rows ? kept.map((_, row) => row) : kept;
  const sample = complete ? [0, written.length >> 1, written.length - 1] : [0];

  const times = table.columns.filter(({ role }) => role === "time");
  const fields = plan.timestamp?.fields ?? [];
  const isNamed = (field) => behind.get(field) === times[0] || times[0]?.unnamed === true;
  const hasField = times.length === 0 ? fields.length === 0 : fields.some(isNamed);
  const instants = sample.map((at) => ({
    is: table.times?.[written[at]],
    got: points[at]?.timestamp ?? null,
  }));
  const onTime = ({ is, got }) => is === undefined || got === is * 1_000;
  const swapped =
    ambiguities.length === 0 && instants.some((one) => !onTime(one) && one.got !== null && isSwapped(one));

  const trueOf = (role) => table.columns.filter((column) => column.role === role);
  const found = named("value").map((name) => behind.get(name));
  const hits = found.filter((one) => one?.role === "value").length;
  const wrong = found.filter(
    (one) => one === undefined || one.role === "category" || one.role === "time",
  ).length;
  const missed = trueOf("value").length - hits;
  const f1 = hits + wrong + missed === 0 ? 1 : (2 * hits) / (2 * hits + wrong + missed);
  const categories = trueOf("category");
  const tagged = new Set(named("category").map((name) => behind.get(name)));
  const recall =
    categories.length === 0 ? 1 : categories.filter((one) => tagged.has(one)).length / categories.length;

  const time = hasField && instants.every(onTime);
  return {
    rows: complete,
    time,
    f1,
    recall,
    cells: cellsRight(points, sample, written, behind),
    swapped: hasField && swapped,
    right: time && f1 === 1 && recall === 1,
    problems: [
      ...(complete ? [] : [`${points.length} of ${rows} rows`]),
      ...(time ? [] : [`time ${fields.join("+") || "none"}`]),
      ...found.flatMap((one) =>
        one === undefined || one.role === "category" || one.role === "time"
          ? [`value ${one?.name ?? "?"}`]
          : [],
      ),
      ...trueOf("value").flatMap((one) => (found.includes(one) ? [] : [`no value ${one.name}`])),
      ...categories.flatMap((one) => (tagged.has(one) ? [] : [`no category ${one.name}`])),
    ],
  };
}

function isSwapped({ is, got }) {
  const [truth, answer] = [new Date(is), new Date(got / 1_000)];
  return (
    truth.getUTCFullYear() === answer.getUTCFullYear() &&
    truth.getUTCMonth() + 1 === answer.getUTCDate() &&
    truth.getUTCDate() === answer.getUTCMonth() + 1
  );
}

/** Whether the values of sample rows are those that were written. */
function cellsRight(points, sample, written, behind) {
  for (const at of sample)
    for (const [name, truth] of behind) {
      const got = points[at]?.fields[name];
      if (got === undefined || truth.role !== "value") continue;
      const is = truth.cells[written[at]];
      if (typeof is !== "number" || Math.abs(got - is) > 1e-9 * Math.max(1, Math.abs(is))) return false;
    }
  return true;
}
