import { isObject } from "../../../core/json";
import { EXTRACTION_LIMITS } from "../../limits";
import { joinPath } from "./flatten";
import { asJsonStat } from "./json-stat";
import { isScalar, Records } from "./record-sequence";
import { isSenml, resolvedSenml } from "./senml";

/** A list of records found somewhere in a tree: `[]` in the path means every item of the list there. */
export interface RecordList {
  path: string;
  /** Objects, arrays or single values. */
  records: Records;
  columns: string[] | null;
  kind: "objects" | "arrays" | "values" | "keyed" | "columns" | "single";
  units: Record<string, string>;
  /** The cells of each of the columns, where the records are those alone. */
  lanes?: readonly unknown[][];
}

/** A node of the tree with the way to it. */
export interface JsonPlace {
  value: unknown;
  path: string;
  parent: unknown;
  root: unknown;
}

/** A node read as a list of records in one of the shapes that data come in, or null. */
export function asList(place: JsonPlace): RecordList | null {
  const { value } = place;
  if (Array.isArray(value)) return asArray(value, place);
  if (!isObject(value)) return null;
  return (
    asJsonStat(value, place.path) ??
    asSplit(value, place) ??
    asColumns(value, place) ??
    asPairs(value, place) ??
    asKeyed(value, place)
  );
}

/** A list of objects, as histories have one for each sensor. */
const areObjects = (item: unknown): item is object[] =>
  Array.isArray(item) && item.length > 0 && item.every(isObject);

function asArray(items: unknown[], { path, parent, root }: JsonPlace): RecordList | null {
  if (items.length === 0) return null;
  const sample = items.slice(0, EXTRACTION_LIMITS.jsonSampleItems);
  const share = (test: (item: unknown) => boolean) => sample.filter(test).length / sample.length;
  const list = { path, columns: null, units: {} };
  if (isSenml(items)) return { ...list, records: Records.of(resolvedSenml(items)), kind: "objects" };
  if (sample.every(areObjects))
    return {
      ...list,
      path: `${path}[]`,
      records: Records.of(items.filter(areObjects).flat()),
      kind: "objects",
    };
  if (share(isObject) >= 0.5) return { ...list, records: Records.of(items), kind: "objects" };
  if (share(Array.isArray) >= 0.5) {
    const first = sample.find(Array.isArray) as unknown[];
    if (!sample.some((item) => Array.isArray(item) && item.length >= 2 && item.some(isScalar))) return null;
    const inside = namesInside(items);
    const names = inside ?? namesBeside(parent, root, first.length) ?? namesOfPairs(items, path);
    return { ...list, records: Records.of(items, { from: inside ? 1 : 0 }), columns: names, kind: "arrays" };
  }
  if (share(isScalar) >= 0.9)
    return { ...list, records: Records.of(items), columns: ["value"], kind: "values" };
  return null;
}

/** The first row holds the names where it is all text and the next is not, or is of numbers and times. */
function namesInside(items: unknown[]): string[] | null {
  const [first, second] = items;
  if (!Array.isArray(first) || !Array.isArray(second)) return null;
  const text = first.every((cell) => typeof cell === "string" && cell !== "" && !/^[\d.,-]+$/.test(cell));
  const distinct = new Set(first).size === first.length;
  const reads = second.some((cell) => typeof cell !== "string" || /^-?\d[\d.,:/ TZ-]*$/.test(cell));
  return text && distinct && reads ? (first as string[]) : null;
}

/** Names in a list beside the rows: `columns`, `fields`, `headers`, of strings or of objects with a name. */
export function namesBeside(parent: unknown, root: unknown, count: number): string[] | null {
  const queue: unknown[] = [parent, root];
  for (let i = 0; i < queue.length && i < 200; i++) {
    const node = queue[i];
    if (!isObject(node)) continue;
    for (const [key, value] of Object.entries(node)) {
      if (
        Array.isArray(value) &&
        value.length === count &&
        /^(?:columns?|fields?|headers?|names|schema|keys)$/i.test(key)
      ) {
        const names = value.map((item) =>
          isObject(item) ? (item.name ?? item.id ?? item.field ?? item.title) : item,
        );
        if (names.every((name) => typeof name === "string")) return names as string[];
      } else if (isObject(value)) queue.push(value);
    }
  }
  return null;
}

const DATED = /^\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?:[T ][\d:.+Z-]{1,30})?$/;
const DATE_LIKE = /^\d[\d\-/:.T Z]{3,}$/;

/** A moment: a date as text, or an epoch of seconds, milli-, micro- or nanoseconds since 1980. */
function isMoment(value: unknown): boolean {
  if (typeof value === "string") return DATED.test(value) || /^\d{9,19}$/.test(value);
  return typeof value === "number" && value >= 3.15e8 && value < 2.6e18;
}

/** Pairs of a moment and a number: `[1704067200, "0.5"]`. */
const isPair = (item: unknown): item is [unknown, unknown] =>
  Array.isArray(item) && item.length === 2 && isMoment(item[0]) && isScalar(item[1]);

export function namesOfPairs(items: readonly unknown[], path: string): string[] | null {
  if (!items.slice(0, 50).every(isPair)) return null;
  const key = path.split(".").at(-1) ?? "";
  return ["timestamp", /^$|^\[\]$|^(?:data|values?|items|results?|timestamp)$/.test(key) ? "value" : key];
}

/** `{prices: [[t, v], ...], volumes: [[t, v], ...]}`: series side by side, joined by their times. */
function asPairs(node: Record<string, unknown>, { path }: JsonPlace): RecordList | null {
  const series = Object.entries(node).filter(
    ([, value]) => Array.isArray(value) && value.length >= 2 && value.slice(0, 50).every(isPair),
  ) as [string, [unknown, unknown][]][];
  if (series.length < 2) return null;
  const rows = new Map<unknown, unknown[]>();
  for (const [i, [, pairs]] of series.entries()) {
    const times = new Set<unknown>();
    for (const pair of pairs) {
      if (!isPair(pair) || times.has(pair[0])) return null;
      times.add(pair[0]);
      const row = rows.get(pair[0]) ?? [pair[0], ...series.map(() => null)];
      row[i + 1] = pair[1];
      rows.set(pair[0], row);
    }
  }
  // Series of different times are no columns of one table.
  const longest = Math.max(...series.map(([, pairs]) => pairs.length));
  if (rows.size > longest * 1.5) return null;
  const names = series.map(([name]) => name);
  return {
    path,
    records: Records.of([...rows.values()]),
    columns: ["timestamp", ...names],
    kind: "columns",
    units: {},
  };
}

/** What pandas writes as `split`: names, an index and rows. An index that only counts is left out. */
function asSplit(node: Record<string, unknown>, { path }: JsonPlace): RecordList | null {
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
function asColumns(node: Record<string, unknown>, place: JsonPlace): RecordList | null {
  const arrays = Object.entries(node).filter(
    ([, value]) => Array.isArray(value) && value.length > 0 && value.slice(0, 20).every(isScalar),
  ) as Column[];
  const columns = arrays.length === Object.keys(node).length ? ofLikeLength(arrays) : ofOneLength(arrays);
  if (columns.length >= 2 && columns[0]![1].length >= 2)
    return zipped(columns, place.path, unitsBeside(place));
  return asLabelledColumns(node, place);
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

/** `{"2024-01-01": {...}, "2024-01-02": {...}}`: the keys are data, told by their being many of one shape. */
function asKeyed(node: Record<string, unknown>, { path }: JsonPlace): RecordList | null {
  const entries = Object.entries(node);
  if (entries.length < 2) return null;
  const list = { path, columns: null, kind: "keyed" as const, units: {} };
  const dated = entries.filter(([key]) => DATE_LIKE.test(key)).length / entries.length;
  const objects = entries.filter(([, value]) => isObject(value)) as [string, Record<string, unknown>][];
  const record = ([key, value]: [string, Record<string, unknown>]) => ({
    // A field of the record may be called "key" as well.
    [Object.hasOwn(value, "key") ? "_key" : "key"]: key,
    ...value,
  });
  const records = (recordAt: (index: number) => unknown) => Records.made(entries.length, recordAt);
  if (
    objects.length === entries.length &&
    (dated > 0.9 || (entries.length >= 3 && sameKeys(objects.map(([, value]) => value))))
  )
    return { ...list, records: records((i) => record(objects[i]!)) };
  if (dated > 0.9 && entries.every(([, value]) => isScalar(value)))
    return { ...list, records: records((i) => ({ key: entries[i]![0], value: entries[i]![1] })) };
  return null;
}

function sameKeys(objects: readonly Record<string, unknown>[]): boolean {
  const first = Object.keys(objects[0]!);
  return (
    first.length > 0 &&
    objects.slice(1, 20).every((one) => {
      const keys = Object.keys(one);
      return keys.length > 0 && keys.filter((key) => first.includes(key)).length >= first.length * 0.8;
    })
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
