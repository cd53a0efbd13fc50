import { isObject } from "../../../core/json";
import { EXTRACTION_LIMITS } from "../../limits";
import type { Cell } from "../source-table";

/** A list of records found somewhere in a tree: `[]` in the path means every item of the list there. */
export interface RecordList {
  path: string;
  /** Objects, arrays or single values; `context` holds what their parents say once for all of them. */
  records: { value: unknown; context: Record<string, unknown> }[];
  columns: string[] | null;
  kind: "objects" | "arrays" | "values" | "keyed" | "columns" | "single";
  units: Record<string, string>;
}

interface Place {
  value: unknown;
  path: string;
  depth: number;
}

const isScalar = (value: unknown): boolean => value === null || typeof value !== "object";
const join = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

/** The list with the most in it, wherever it is nested. The tree is walked without recursion, to a depth. */
export function findRecords(root: unknown): RecordList {
  let best: RecordList | null = null;
  let bestScore = 0;
  const queue: Place[] = [{ value: root, path: "", depth: 0 }];
  for (let i = 0; i < queue.length && i < 10_000; i++) {
    const place = queue[i]!;
    const candidate = asList(place.value, place.path, root);
    if (candidate) {
      // Shallow lists win over deep ones of about the same size.
      const weight = score(candidate) * 0.97 ** place.depth;
      if (weight > bestScore) [best, bestScore] = [candidate, weight];
    }
    if (place.depth >= EXTRACTION_LIMITS.jsonDepth) continue;
    if (isObject(place.value)) {
      for (const [key, value] of Object.entries(place.value).slice(0, 1_000))
        if (!isScalar(value)) queue.push({ value, path: join(place.path, key), depth: place.depth + 1 });
    }
  }
  const list = best ?? single(root);
  return explode(list);
}

function single(root: unknown): RecordList {
  return { path: "", records: [{ value: root, context: {} }], columns: null, kind: "single", units: {} };
}

function score(list: RecordList): number {
  const sample = list.records.slice(0, 50);
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

const bare = (values: readonly unknown[]) => values.map((value) => ({ value, context: {} }));

function asList(value: unknown, path: string, root: unknown): RecordList | null {
  if (Array.isArray(value)) return asArray(value, path, root);
  if (!isObject(value)) return null;
  return asColumns(value, path, root) ?? asKeyed(value, path);
}

function asArray(items: unknown[], path: string, root: unknown): RecordList | null {
  if (items.length === 0) return null;
  const sample = items.slice(0, EXTRACTION_LIMITS.jsonSampleItems);
  const share = (test: (item: unknown) => boolean) => sample.filter(test).length / sample.length;
  if (share(isObject) >= 0.5)
    return { path, records: bare(items), columns: null, kind: "objects", units: {} };
  if (share(Array.isArray) >= 0.5) {
    const wide = sample.some((item) => Array.isArray(item) && item.length >= 2);
    if (!wide) return null;
    const named =
      namesInside(items) ?? namesBeside(root, path, (sample.find(Array.isArray) as unknown[]).length);
    const rows = named?.inside ? items.slice(1) : items;
    return { path, records: bare(rows), columns: named?.names ?? null, kind: "arrays", units: {} };
  }
  if (share(isScalar) >= 0.9)
    return { path, records: bare(items), columns: ["value"], kind: "values", units: {} };
  return null;
}

/** The first row holds the names where it is all text and the next is not. */
function namesInside(items: unknown[]): { names: string[]; inside: true } | null {
  const [first, second] = items;
  if (!Array.isArray(first) || !Array.isArray(second)) return null;
  const text =
    first.every((cell) => typeof cell === "string" && cell !== "") && new Set(first).size === first.length;
  return text && second.some((cell) => typeof cell !== "string")
    ? { names: first as string[], inside: true }
    : null;
}

/** Names in a list beside the rows: `columns`, `fields`, `headers`, of strings or of objects with a name. */
function namesBeside(root: unknown, path: string, count: number): { names: string[]; inside: false } | null {
  const keys = path.split(".").slice(0, -1);
  const parent = keys.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), root);
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
        if (names.every((name) => typeof name === "string"))
          return { names: names as string[], inside: false };
      } else if (isObject(value)) queue.push(value);
    }
  }
  return null;
}

/** `{time: [...], value: [...]}`, and the pandas form `{time: {"0": ..}, value: {"0": ..}}`. */
function asColumns(node: Record<string, unknown>, path: string, root: unknown): RecordList | null {
  const arrays = Object.entries(node).filter(
    ([, value]) => Array.isArray(value) && value.length > 0 && value.slice(0, 20).every(isScalar),
  ) as [string, unknown[]][];
  const length = arrays[0]?.[1].length ?? 0;
  const even = arrays.filter(([, value]) => value.length === length);
  if (even.length >= 2 && length >= 2) {
    const names = even.map(([name]) => name);
    const records = Array.from({ length }, (_, i) => ({
      value: even.map(([, column]) => column[i]),
      context: {},
    }));
    return { path, records, columns: names, kind: "columns", units: unitsBeside(root, path) };
  }
  const maps = Object.entries(node).filter(([, value]) => isObject(value)) as [
    string,
    Record<string, unknown>,
  ][];
  if (maps.length < 2 || maps.length !== Object.keys(node).length) return null;
  const rows = Object.keys(maps[0]![1]);
  if (rows.length < 2 || !rows.every((key) => /^\d+$/.test(key)) || /^\d+$/.test(maps[0]![0])) return null;
  const records = rows.map((key) => ({ value: maps.map(([, column]) => column[key] ?? null), context: {} }));
  return { path, records, columns: maps.map(([name]) => name), kind: "columns", units: {} };
}

/** Units that stand beside a block under its name: `hourly` and `hourly_units`. */
function unitsBeside(root: unknown, path: string): Record<string, string> {
  const keys = path.split(".");
  const last = keys.pop();
  const parent = keys.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), root);
  const units = isObject(parent) ? parent[`${last}_units`] : undefined;
  if (!isObject(units)) return {};
  return Object.fromEntries(
    Object.entries(units).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** `{"2024-01-01": {...}, "2024-01-02": {...}}`: the keys are data, told by their being many of one shape. */
function asKeyed(node: Record<string, unknown>, path: string): RecordList | null {
  const entries = Object.entries(node);
  if (entries.length < 2) return null;
  const dated = entries.filter(([key]) => /^\d[\d\-/:.T Z]{3,}$/.test(key)).length / entries.length;
  const objects = entries.filter(([, value]) => isObject(value)) as [string, Record<string, unknown>][];
  if (
    objects.length === entries.length &&
    (dated > 0.9 || (entries.length >= 3 && sameKeys(objects.map(([, value]) => value))))
  ) {
    const records = objects.map(([key, value]) => ({ value: { key, ...value }, context: {} }));
    return { path, records, columns: null, kind: "keyed", units: {} };
  }
  if (dated > 0.9 && entries.every(([, value]) => isScalar(value)))
    return {
      path,
      records: entries.map(([key, value]) => ({ value: { key, value }, context: {} })),
      columns: null,
      kind: "keyed",
      units: {},
    };
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

/** Records that each carry a longer list of records of their own are their parents' context: the inner ones count. */
function explode(list: RecordList, depth = 0): RecordList {
  if (depth > 4 || (list.kind !== "objects" && list.kind !== "single")) return list;
  const totals = new Map<string, number>();
  for (const { value } of list.records) {
    if (!isObject(value)) continue;
    for (const [key, child] of Object.entries(value))
      if (Array.isArray(child) && child.length > 0 && child.every(isObject))
        totals.set(key, (totals.get(key) ?? 0) + child.length);
  }
  const [inner] = [...totals].sort((a, b) => b[1] - a[1]);
  if (!inner || inner[1] < 2 * list.records.length || inner[1] < 3) return list;
  const [key] = inner;
  const records = list.records.flatMap(({ value, context }) => {
    if (!isObject(value) || !Array.isArray(value[key])) return [];
    const own = {
      ...context,
      ...Object.fromEntries(Object.entries(value).filter(([name, child]) => name !== key && isScalar(child))),
    };
    return (value[key] as unknown[]).map((item) => ({ value: item, context: own }));
  });
  return explode({ ...list, path: `${join(list.path, "[]")}.${key}`, records, kind: "objects" }, depth + 1);
}

/** The cells of a record with names that join nested keys by dots. Short lists of scalars are numbered, others are text. */
export function flatten(value: unknown, put: (name: string, cell: Cell) => void): void {
  const stack: Place[] = [{ value, path: "", depth: 0 }];
  while (stack.length > 0) {
    const { value: at, path, depth } = stack.pop()!;
    if (isObject(at) && depth < EXTRACTION_LIMITS.jsonDepth) {
      const entries = Object.entries(at);
      for (let i = entries.length - 1; i >= 0; i--)
        stack.push({ value: entries[i]![1], path: join(path, entries[i]![0]), depth: depth + 1 });
    } else if (Array.isArray(at)) {
      const numbered = at.length <= 4 && at.every((item) => typeof item === "number");
      if (numbered && path !== "") for (const [i, item] of at.entries()) put(`${path}.${i}`, item as number);
      else put(path || "value", JSON.stringify(at).slice(0, 16_000));
    } else if (isObject(at)) put(path, JSON.stringify(at).slice(0, 16_000));
    else put(path || "value", scalar(at));
  }
}

const scalar = (value: unknown): Cell =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;

export { scalar as scalarCell };
