import { isObject } from "../../../core/json";
import { isMoment } from "./moments";
import { isScalar, type JsonRecord, type RecordList, Records } from "./record-sequence";

/** What stands beside lists of one length and says where their items stand: days, or the labels of a chart. */
export interface Axis {
  name: string;
  labels: readonly unknown[];
}

const AXIS_NAME =
  /^(?:labels?|categories|index|dates?|days?|times?|timestamps?|periods?|years?|months?|weeks?|quarters?|x|xs)$/i;
/** Charts call the labels of an axis its data. */
const AXIS_OF_CHART = /^x_?axis$/i;
const MOST_NODES = 500;
const DEEPEST = 5;
const FEWEST = 2;

/**
 * The axis for lists of so many items, wherever in a tree it stands beside them: a list of as many moments, else one whose
 * name says that it is an axis. Lists are not looked into.
 */
export function axisOf(root: unknown, count: number): Axis | null {
  if (count < FEWEST) return null;
  let named: Axis | null = null;
  const queue = [{ value: root, key: "", depth: 0 }];
  for (let i = 0; i < queue.length && i < MOST_NODES; i++) {
    const { value, key, depth } = queue[i]!;
    if (!isObject(value)) continue;
    for (const [name, child] of Object.entries(value)) {
      if (Array.isArray(child)) {
        if (child.length !== count || !child.every(isLabel) || new Set(child).size < count) continue;
        const isOfChart = AXIS_OF_CHART.test(key);
        const axis = { name: isOfChart ? "axis" : name, labels: child };
        if (areMoments(child)) return axis;
        if (isOfChart || AXIS_NAME.test(name)) named ??= axis;
      } else if (depth < DEEPEST && queue.length < MOST_NODES)
        queue.push({ value: child, key: name, depth: depth + 1 });
    }
  }
  return named;
}

const isLabel = (value: unknown): boolean => value !== null && isScalar(value);

/** Dates, or numbers that can only be moments: each later than the one before. */
export const areMoments = (items: readonly unknown[]): boolean =>
  items.every(
    (item, i) =>
      isMoment(item) && (typeof item === "string" || i === 0 || Number(item) > Number(items[i - 1])),
  );

/** Lists of scalars of one length under their names; null where an object has anything else in it. */
function lanesIn(value: unknown): [string, unknown[]][] | null {
  if (!isObject(value)) return null;
  const lanes = Object.entries(value) as [string, unknown[]][];
  const isEven = ([, lane]: [string, unknown]) =>
    Array.isArray(lane) && lane.length === lanes[0]![1].length && lane.every(isScalar);
  return lanes.length > 0 && lanes.every(isEven) && lanes[0]![1].length >= FEWEST ? lanes : null;
}

/**
 * `{"AAPL": {t: [...], c: [...]}, "MSFT": {t: [...], c: [...]}}`, or the same without times and an axis elsewhere: each
 * key has columns of the same names. The rows of all of them behind their key; null for anything else.
 */
export function keyedLanes(
  node: Record<string, unknown>,
  root: unknown,
): Pick<RecordList, "records" | "columns" | "timeColumn"> | null {
  const blocks: { key: string; lanes: [string, unknown[]][] }[] = [];
  for (const [key, value] of Object.entries(node)) {
    const lanes = lanesIn(value);
    const names = blocks[0]?.lanes;
    if (
      !lanes ||
      (names && !(lanes.length === names.length && lanes.every(([name], i) => name === names[i]![0])))
    )
      return null;
    blocks.push({ key, lanes });
  }
  const [first] = blocks;
  if (!first || blocks.length < 2) return null;
  const count = first.lanes[0]![1].length;
  const isEven = blocks.every(({ lanes }) => lanes[0]![1].length === count);
  const own = first.lanes.find(([, lane]) => areMoments(lane));
  const axis = isEven && !own ? axisOf(root, count) : null;
  const time = own?.[0] ?? (axis && areMoments(axis.labels) ? axis.name : undefined);
  const rows = blocks.flatMap(({ key, lanes }) =>
    lanes[0]![1].map((_, i) => [key, ...(axis ? [axis.labels[i]] : []), ...lanes.map(([, lane]) => lane[i])]),
  );
  return {
    records: Records.of(rows),
    columns: ["key", ...(axis ? [axis.name] : []), ...first.lanes.map(([name]) => name)],
    ...(time === undefined ? {} : { timeColumn: time }),
  };
}

/** Names of lists that say only that they hold something. */
const MERELY_DATA = /^(?:data|values?|points|y)$/i;

/** Columns of a record whose lists have the length of an axis beside the records, as the series of a chart have; or null. */
export function lanesOverAxis(
  records: readonly JsonRecord[],
  root: unknown,
): ((value: unknown) => [string, unknown[]][] | null) | null {
  const longest = (value: unknown) =>
    isObject(value) ? Math.max(0, ...listsIn(value).map(([, lane]) => lane.length)) : 0;
  const axis = axisOf(root, longest(records[0]?.value));
  if (!axis) return null;
  return (value) => {
    if (!isObject(value)) return null;
    const lanes = listsIn(value).filter(([, lane]) => lane.length === axis.labels.length);
    if (lanes.length === 0) return null;
    const named = lanes.map(([name, lane]): [string, unknown[]] => [
      lanes.length === 1 && MERELY_DATA.test(name) ? "value" : name,
      lane,
    ]);
    // A record may have a scalar of that name.
    const name = Object.hasOwn(value, axis.name) ? `_${axis.name}` : axis.name;
    return [[name, [...axis.labels]], ...named];
  };
}

const listsIn = (value: Record<string, unknown>): [string, unknown[]][] =>
  Object.entries(value).filter(
    (entry): entry is [string, unknown[]] => Array.isArray(entry[1]) && entry[1].every(isScalar),
  );
