import { isObject } from "../../../core/json";
import { EXTRACTION_LIMITS } from "../../limits";
import { keyedLanes } from "./axes";
import { asColumns, asSplit } from "./columns";
import { asJsonStat } from "./json-stat";
import { isMoment } from "./moments";
import { namesBeside } from "./names-beside";
import { isScalar, type JsonPlace, type RecordList, Records } from "./record-sequence";
import { isSenml, resolvedSenml } from "./senml";

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
    asKeyedColumns(value, place) ??
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
    if (items === root && items.length >= 2 && items.every(areRows))
      return { ...list, path: `${path}[]`, ...numberedLists(items as unknown[][]), kind: "arrays" };
    if (!sample.some((item) => Array.isArray(item) && item.length >= 2 && item.some(isScalar))) return null;
    const inside = namesInside(items);
    const names = inside ?? namesBeside(parent, root, first.length) ?? namesOfPairs(items, path);
    return { ...list, records: Records.of(items, { from: inside ? 1 : 0 }), columns: names, kind: "arrays" };
  }
  if (share(isScalar) >= 0.9)
    return { ...list, records: Records.of(items), columns: ["value"], kind: "values" };
  return null;
}

/** Rows of one width. */
const areRows = (items: unknown): boolean =>
  Array.isArray(items) &&
  items.length >= 2 &&
  items.every(
    (row) => Array.isArray(row) && row.length === items[0].length && row.length >= 2 && row.every(isScalar),
  );

/** The rows of several lists behind the number of their list. */
function numberedLists(lists: unknown[][]): Pick<RecordList, "records" | "columns"> {
  const rows = lists.flatMap((list, i) => list.map((row) => [`list ${i + 1}`, ...(row as unknown[])]));
  const columns = ["list", ...(rows[0] as unknown[]).slice(1).map((_, i) => `col${i + 1}`)];
  return { records: Records.of(rows), columns };
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

const DATE_LIKE = /^\d[\d\-/:.T Z]{3,}$/;

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

function asKeyedColumns(node: Record<string, unknown>, { path, root }: JsonPlace): RecordList | null {
  const found = keyedLanes(node, root);
  return found && { ...found, path, kind: "columns", units: {} };
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
    (dated > 0.9 ||
      ((entries.length >= 3 || entries.every(([key]) => IDENTIFIER.test(key))) &&
        sameKeys(objects.map(([, value]) => value))))
  )
    return { ...list, records: records((i) => record(objects[i]!)) };
  if (dated > 0.9 && entries.every(([, value]) => isScalar(value)))
    return { ...list, records: records((i) => ({ key: entries[i]![0], value: entries[i]![1] })) };
  return null;
}

/** Numbers and addresses of devices, which are names of no parts. */
const IDENTIFIER = /^(?:\d+|0x[\da-f]+|(?:[\da-f]{2}[:-]){3,}[\da-f]{2})$/i;

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
