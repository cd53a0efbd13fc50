import { isObject } from "../../../core/json";
import { areMoments, axisOf } from "./axes";
import { joinPath } from "./flatten";
import { DATED, isMoment } from "./moments";
import { namesBeside } from "./names-beside";
import { isScalar, type JsonPlace, type RecordList, Records } from "./record-sequence";

/** What pandas writes as `split`: names, an index and rows. An index that only counts is left out. */
export function asSplit(node: Record<string, unknown>, { path }: JsonPlace): RecordList | null {
  const { columns, index, data } = node;
  if (!Array.isArray(columns) || !Array.isArray(index) || !Array.isArray(data)) return null;
  if (index.length !== data.length || !data.every((row) => Array.isArray(row))) return null;
  const names = columns.map((name) => (Array.isArray(name) ? name.join(" ") : String(name)));
  if (index.every((label, i) => label === i))
    return { path, records: Records.of(data), columns: names, kind: "arrays", units: {} };
  const rows = data.map((row, i) => [index[i], ...(row as unknown[])]);
  return { path, records: Records.of(rows), columns: ["index", ...names], kind: "arrays", units: {} };
}

/** `{time: [...], value: [...]}`, and the pandas form `{time: {"0": ..}, value: {"0": ..}}`. */
export function asColumns(node: Record<string, unknown>, place: JsonPlace): RecordList | null {
  const arrays = Object.entries(node).filter(
    ([, value]) => Array.isArray(value) && value.length > 0 && value.slice(0, 20).every(isScalar),
  ) as Column[];
  const columns = arrays.length === Object.keys(node).length ? ofLikeLength(arrays) : ofOneLength(arrays);
  if (columns.length >= 2 && columns[0]![1].length >= 2)
    return zipped(overAxis(columns, place), place.path, unitsBeside(place));
  return asLabelledColumns(node, place);
}

/** Columns without a time of their own behind the days or labels that stand beside them. */
function overAxis(columns: Column[], { root, value }: JsonPlace): Column[] {
  if (root === value || columns.some(([, cells]) => areMoments(cells))) return columns;
  const axis = axisOf(root, columns[0]![1].length);
  const isBeside = axis && !columns.some(([, cells]) => cells === axis.labels);
  return isBeside ? [[axis.name, [...axis.labels]], ...columns] : columns;
}

type Column = [string, unknown[]];

/** The columns of the length that most have; of as many, of the greater one. */
function ofOneLength(columns: readonly Column[]): Column[] {
  const byLength = Map.groupBy(columns, ([, cells]) => cells.length);
  const [most = []] = [...byLength]
    .sort((a, b) => b[1].length - a[1].length || b[0] - a[0])
    .map(([, of]) => of);
  return most;
}

/** All of them where none is much shorter than the longest, which others are filled up to: samples differ in size. */
function ofLikeLength(columns: readonly Column[]): Column[] {
  const longest = Math.max(...columns.map(([, cells]) => cells.length));
  if (columns.some(([, cells]) => cells.length < longest / 2)) return ofOneLength(columns);
  return columns.map(([name, cells]) => [
    name,
    cells.length === longest ? cells : Array.from({ length: longest }, (_, i) => cells[i] ?? null),
  ]);
}

export function zipped(
  columns: readonly [string, unknown[]][],
  path: string,
  units: Record<string, string> = {},
): RecordList {
  const lanes = columns.map(([, column]) => column);
  const records = Records.made(lanes[0]!.length, (i) => lanes.map((lane) => lane[i]));
  return { path, records, columns: columns.map(([name]) => name), kind: "columns", units, lanes };
}

/** Columns of labelled cells. Labels that only count are left out, dates are a column of their own. */
function asLabelledColumns(node: Record<string, unknown>, { path }: JsonPlace): RecordList | null {
  const maps = Object.entries(node).filter(([, value]) => isObject(value)) as [
    string,
    Record<string, unknown>,
  ][];
  if (maps.length < 2 || maps.length !== Object.keys(node).length) return null;
  const labels = Object.keys(maps[0]![1]);
  const [firstName] = maps[0]!;
  if (labels.length < 2 || DATED.test(firstName) || /^\d+$/.test(firstName)) return null;
  const counted = labels.every((key) => /^\d{1,8}$/.test(key));
  const dated = labels.every(isMoment);
  if (!counted && !dated) return null;
  if (maps.some(([, column]) => Object.values(column).some((cell) => !isScalar(cell)))) return null;
  const all = dated ? [...new Set(maps.flatMap(([, column]) => Object.keys(column)))] : labels;
  const cell = (column: Record<string, unknown>, key: string) =>
    Object.hasOwn(column, key) ? column[key] : null;
  const rows = all.map((key) => [...(dated ? [key] : []), ...maps.map(([, column]) => cell(column, key))]);
  const names = [...(dated ? ["timestamp"] : []), ...maps.map(([name]) => name)];
  return { path, records: Records.of(rows), columns: names, kind: "columns", units: {} };
}

/** Units that stand beside a block under its name: `hourly` and `hourly_units`. */
function unitsBeside({ path, parent }: JsonPlace): Record<string, string> {
  const units = isObject(parent) ? parent[`${path.split(".").at(-1)}_units`] : undefined;
  if (!isObject(units)) return {};
  return Object.fromEntries(
    Object.entries(units).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** Lists of one length, a column each: their names stand beside them. */
const areLanes = (value: readonly unknown[]): value is unknown[][] =>
  value.length >= 2 &&
  value.every((lane) => Array.isArray(lane) && lane.length >= 3 && lane.slice(0, 20).every(isScalar)) &&
  new Set(value.map((lane) => (lane as unknown[]).length)).size === 1;

/** Lists of scalars of one length anywhere in a node, as answers of chart services have them; null under two. */
export function scatteredColumns(node: unknown): [string, unknown[]][] | null {
  const found: { name: string; path: string; items: unknown[] }[] = [];
  const queue = [{ value: node, path: "", depth: 0 }];
  for (let i = 0; i < queue.length && i < 1_000; i++) {
    const { value, path, depth } = queue[i]!;
    if (Array.isArray(value)) {
      if (value.length >= 3 && value.slice(0, 20).every(isScalar))
        found.push({ name: path.split(".").at(-1) ?? "value", path, items: value });
      else if (areLanes(value))
        for (const [i, name] of (namesBeside(node, node, value.length) ?? []).entries())
          found.push({ name, path: joinPath(path, name), items: value[i]! });
      else if (value.length === 1 && depth < 6) queue.push({ value: value[0], path, depth: depth + 1 });
    } else if (isObject(value) && depth < 6 && queue.length < 1_000) {
      for (const [key, child] of Object.entries(value))
        if (!isScalar(child)) queue.push({ value: child, path: joinPath(path, key), depth: depth + 1 });
    }
  }
  const time = found.find(({ items }) => items.slice(0, 20).every(isMoment));
  const even = time ? found.filter(({ items }) => items.length === time.items.length) : [];
  if (even.length < 2) return null;
  const names = even.map(({ name }) => name);
  const distinct = new Set(names).size === names.length;
  return even.map(({ name, path, items }) => [distinct ? name : path, items]);
}
