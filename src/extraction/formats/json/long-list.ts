import { EXTRACTION_LIMITS } from "../../limits";
import { quoteBigIntegers } from "./big-integers";
import { itemEnd, itemsBetween, type ListInText, longLists, valueAt } from "./lists-in-text";

/** Items by which findRecords judges a list, and more: with fewer the tree is no burden. */
const LEAST_ITEMS = 2_000;
/** More beside the list, and it may be read together with it. */
const MOST_BESIDE = 512;
const LONG_CHARS = 250_000;
/** Stands in a text for items that are left out. */
const MARK = "...";

/** A tree whose longest list has its first items only. */
export interface LongTree {
  root: unknown;
  items: unknown[];
  /** The other items, some at a time, as they are read. Throws SyntaxError where the text is no JSON. */
  rest(): Generator<unknown[]>;
}

/**
 * Reads a long JSON text whose greater part is one list of objects or lists, without the tree of it all: records of two
 * numbers take five times their text there. Null where it is not such a text, or no JSON as far as it was read.
 */
export function longTree(text: string): LongTree | null {
  const { headChars } = EXTRACTION_LIMITS;
  if (text.length < 2 * headChars) return null;
  const [list] = longLists(text, text.length / 2).sort((a, b) => b.parents - a.parents);
  if (!list || list.parents <= LEAST_ITEMS) return null;
  const first = itemEnd(text, list.start + 1, list.end, headChars);
  if (first === list.end) return null;
  try {
    const root = without(text, [{ ...list, start: first }], `,"${MARK}"`);
    const items = itemsAt(root, list.path);
    return items && { root, items, rest: () => itemsBetween(text, first + 1, list.end) };
  } catch {
    return null;
  }
}

/** The marked list at the end of the path, without its mark; null where it is another, short, or not alone. */
function itemsAt(root: unknown, path: ListInText["path"]): unknown[] | null {
  const { value, parent } = valueAt(root, path);
  if (!Array.isArray(value) || value.at(-1) !== MARK || value.length <= LEAST_ITEMS) return null;
  const beside = Object.values((parent ?? {}) as object).filter((one) => one !== value);
  const isAlone = beside.every(
    (one) => typeof one !== "object" || one === null || sizeOf(one) <= MOST_BESIDE,
  );
  if (!isAlone) return null;
  value.pop();
  return value;
}

const sizeOf = (value: object): number => (Array.isArray(value) ? value.length : Object.keys(value).length);

/**
 * The tree of a JSON text as JSON.parse makes it, its long lists of numbers and texts read some items at a time: the
 * parser holds each number of a list as an object of its own until the list ends. Throws SyntaxError.
 */
export function parseTree(text: string): unknown {
  const lists =
    text.length < LONG_CHARS ? [] : longLists(text, LONG_CHARS).filter(({ parents }) => parents === 0);
  if (lists.length === 0) return JSON.parse(quoteBigIntegers(text));
  try {
    const root = { "": without(text, lists.map(inside), `"${MARK}"`) };
    const places = lists.map(({ path }) => valueAt(root, ["", ...path]));
    const isThere = (value: unknown) => Array.isArray(value) && value.length === 1 && value[0] === MARK;
    if (
      places.every(({ value }) => isThere(value)) &&
      new Set(places.map(({ value }) => value)).size === lists.length
    ) {
      for (const [i, { path, start, end }] of lists.entries()) {
        const parent = places[i]!.parent as Record<string, unknown>;
        parent[path.at(-1) ?? ""] = allBetween(text, start + 1, end);
      }
      return root[""];
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  // What is wrong, and where, is said of all of the text.
  return JSON.parse(quoteBigIntegers(text));
}

const inside = ({ start, end }: ListInText) => ({ start: start + 1, end });

/** A list of its own: one that had a text in it would hold each number as an object for good. */
function allBetween(text: string, start: number, end: number): unknown[] {
  const list: unknown[] = [];
  for (const items of itemsBetween(text, start, end)) for (const item of items) list.push(item);
  return list;
}

/** The tree of a text with a mark for what stands between the places, which come one behind the other. */
function without(text: string, places: readonly Pick<ListInText, "start" | "end">[], mark: string): unknown {
  const kept: string[] = [];
  let from = 0;
  for (const { start, end } of places) {
    kept.push(text.slice(from, start), mark);
    from = end;
  }
  kept.push(text.slice(from));
  return JSON.parse(quoteBigIntegers(kept.join("")));
}
