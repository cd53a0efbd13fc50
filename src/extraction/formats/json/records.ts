import { isObject } from "../../../core/json";
import { EXTRACTION_LIMITS } from "../../limits";
import { areMoments, lanesOverAxis } from "./axes";
import { scatteredColumns, zipped } from "./columns";
import { joinPath } from "./flatten";
import { namesBeside } from "./names-beside";
import { isScalar, type RecordList, Records } from "./record-sequence";
import { asList, namesOfPairs } from "./shapes";

interface Node {
  value: unknown;
  path: string;
  parent: unknown;
  depth: number;
}

/** Nodes of a tree that are looked at, the shallow ones first. */
const MOST_NODES = 10_000;

/** The list with the most in it, wherever it is nested. The tree is walked without recursion, to a depth. */
export function findRecords(root: unknown): RecordList {
  let best: RecordList | null = null;
  let bestScore = 0;
  const queue: Node[] = [{ value: root, path: "", parent: undefined, depth: 0 }];
  for (let i = 0; i < queue.length && i < MOST_NODES; i++) {
    const node = queue[i]!;
    const candidate = asList({ ...node, root });
    if (candidate) {
      // Shallow lists win over deep ones of about the same size.
      const weight = score(candidate) * 0.97 ** node.depth;
      if (weight > bestScore) [best, bestScore] = [candidate, weight];
    }
    if (node.depth < EXTRACTION_LIMITS.jsonDepth && queue.length < MOST_NODES)
      queue.push(...childrenOf(node));
  }
  return explode(best ?? single(root), root);
}

/** What to look into: the members of an object, and a few items of different kinds side by side, as `[head, rows]`. */
function childrenOf({ value, path, depth }: Node): Node[] {
  const mixed =
    Array.isArray(value) &&
    value.length <= 8 &&
    value.some(isObject) &&
    value.some((item) => Array.isArray(item));
  if (!mixed && !isObject(value)) return [];
  return Object.entries(value as object)
    .slice(0, 1_000)
    .filter(([, child]) => !isScalar(child))
    .map(([key, child]) => ({ value: child, path: joinPath(path, key), parent: value, depth: depth + 1 }));
}

const single = (root: unknown): RecordList => ({
  path: "",
  records: Records.of([root]),
  columns: null,
  kind: "single",
  units: {},
});

function score(list: RecordList): number {
  const sample = list.records.head(50);
  const cells = sample.reduce((sum, { value }) => sum + width(value), 0) / Math.max(1, sample.length);
  const kind = list.kind === "values" ? 0.3 : list.kind === "keyed" ? 0.95 : 1;
  return list.records.length * Math.max(0.1, cells) * kind;
}

const width = (value: unknown): number =>
  isObject(value) ? Math.min(50, leaves(value)) : Array.isArray(value) ? Math.min(50, value.length) : 1;

function leaves(value: Record<string, unknown>): number {
  let count = 0;
  for (const child of Object.values(value)) count += isScalar(child) ? 1 : 0.5;
  return count;
}

/** Records that each carry a longer list of records of their own are their parents' context: the inner ones count. */
function explode(list: RecordList, root: unknown, depth = 0): RecordList {
  if (depth > 4 || (list.kind !== "objects" && list.kind !== "single")) return list;
  const inner = innerLists(list, root, depth) ?? innerColumns(list, root);
  if (!inner) return list;
  // Rows whose names stand beside them, and pairs with a time, are no part of a record, however few.
  const isTold = inner.kind === "arrays" && inner.columns !== null;
  const enough = isTold ? list.records.length : Math.max(3, 2 * list.records.length);
  return inner.records.length >= enough ? inner : list;
}

/** The list under the key that holds most items over all records: of objects, or of rows. */
function innerLists(list: RecordList, root: unknown, depth: number): RecordList | null {
  const totals = new Map<string, { items: number; rows: boolean }>();
  for (const { value } of list.records) {
    if (!isObject(value)) continue;
    for (const [key, child] of Object.entries(value)) {
      if (!Array.isArray(child) || child.length === 0) continue;
      const rows = isRows(child) || areNamedRows(child, value);
      if (!rows && !areObjects(child)) continue;
      const before = totals.get(key);
      if (before && before.rows !== rows) continue;
      totals.set(key, { items: (before?.items ?? 0) + child.length, rows });
    }
  }
  const [most] = [...totals].sort((a, b) => b[1].items - a[1].items);
  if (!most) return null;
  const [key, { rows }] = most;
  const path = `${joinPath(list.path, "[]")}.${key}`;
  const inner: unknown[] = [];
  const contexts: Record<string, unknown>[] = [];
  let columns: string[] | null = null;
  for (const { value, context } of list.records) {
    if (!isObject(value) || !Array.isArray(value[key])) continue;
    const items = value[key] as unknown[];
    if (rows && columns === null)
      columns = namesBeside(value, undefined, (items[0] as unknown[]).length) ?? namesOfPairs(items, key);
    const own = { ...context, ...contextOf(value, key) };
    for (const item of items) {
      inner.push(item);
      contexts.push(own);
    }
  }
  const records = Records.of(inner, { contextAt: (i) => contexts[i]! });
  return explode({ path, records, columns, kind: rows ? "arrays" : "objects", units: {} }, root, depth + 1);
}

const areObjects = (items: readonly unknown[]): boolean => items.length > 0 && items.every(isObject);

/** Whether a record has a list of records, or of rows, in it. */
export const holdsRecords = (value: unknown): boolean =>
  isObject(value) &&
  Object.values(value).some((child) => Array.isArray(child) && (areObjects(child) || isRows(child)));

/** Lists of scalars, as rows of a table are. Lists of lists are shapes and no rows. */
const isRows = (items: unknown[]): boolean =>
  items.length >= 2 &&
  items.every((item) => Array.isArray(item) && item.length >= 2 && item.every(isScalar)) &&
  new Set(items.slice(0, 50).map((item) => (item as unknown[]).length)).size === 1;

/** Rows, though it be one, as wide as the list of names beside them. */
const areNamedRows = (items: unknown[], parent: unknown): boolean =>
  items.every((item) => Array.isArray(item) && item.length >= 2 && item.every(isScalar)) &&
  namesBeside(parent, undefined, (items[0] as unknown[]).length) !== null;

/** Records that each carry lists of one length, of which one is of times, or as long as an axis beside the records. */
function innerColumns(list: RecordList, root: unknown): RecordList | null {
  const overAxis = lanesOverAxis(list.records.head(1), root);
  const rows: unknown[] = [];
  const contexts: Record<string, unknown>[] = [];
  let names: string[] | null = null;
  let timed: Pick<RecordList, "timeColumn"> = {};
  for (const { value, context } of list.records.head(1_000)) {
    const columns = scatteredColumns(value) ?? overAxis?.(value);
    if (!columns || !isObject(value)) return null;
    if (names === null) {
      names = columns.map(([name]) => name);
      const time = columns.find(([, lane]) => areMoments(lane));
      if (time) timed = { timeColumn: time[0] };
    }
    if (columns.length !== names.length) return null;
    const own = { ...context, ...contextOf(value) };
    for (const { value: row } of zipped(columns, "").records) {
      rows.push(row);
      contexts.push(own);
    }
  }
  const records = Records.of(rows, { contextAt: (i) => contexts[i]! });
  return names && list.records.length <= 1_000
    ? { path: joinPath(list.path, "[]"), records, columns: names, kind: "columns", units: {}, ...timed }
    : null;
}

/** Labels that a nested object may have and still be one: a longer one is a record of its own. */
const MOST_LABELS = 12;

/** What a parent says once for its items: its scalars, and the texts of small objects such as a set of labels. */
function contextOf(parent: Record<string, unknown>, without?: string): Record<string, unknown> {
  const context: [string, unknown][] = [];
  for (const [name, child] of Object.entries(parent)) {
    if (name === without) continue;
    if (isScalar(child)) context.push([name, child]);
    else if (isObject(child) && Object.keys(child).length <= MOST_LABELS)
      for (const [key, label] of Object.entries(child))
        if (typeof label === "string") context.push([joinPath(name, key), label]);
  }
  return Object.fromEntries(context);
}
