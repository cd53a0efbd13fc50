import { EXTRACTION_LIMITS } from "../../limits";
import { quoteBigIntegers } from "./big-integers";

/** Items by which findRecords judges a list, and more: with fewer the tree is no burden. */
const LEAST_ITEMS = 2_000;
const PIECE_CHARS = 100_000;
/** More beside the list, and it may be read together with it. */
const MOST_BESIDE = 512;
const MARK = "...";

const [QUOTE, COMMA, COLON, OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN, CLOSE] = [
  34, 44, 58, 91, 92, 93, 123, 125,
];

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
  if (text.length < 2 * EXTRACTION_LIMITS.headChars) return null;
  const list = longestList(text);
  if (!list || list.end - list.start < text.length / 2) return null;
  const first = pieceEnd(text, list.start + 1, list.end, EXTRACTION_LIMITS.headChars);
  if (first === list.end) return null;
  const head = `${text.slice(0, first)},"${MARK}"${text.slice(list.end)}`;
  try {
    const root: unknown = JSON.parse(quoteBigIntegers(head));
    const items = itemsAt(root, list.path);
    return items && { root, items, rest: () => pieces(text, first + 1, list.end) };
  } catch {
    return null;
  }
}

/** The marked list at the end of the path, without its mark; null where it is another, short, or not alone. */
function itemsAt(root: unknown, path: readonly (string | number)[]): unknown[] | null {
  let parent: unknown = null;
  let node = root;
  for (const key of path) {
    if (typeof node !== "object" || node === null || !Object.hasOwn(node, key)) return null;
    parent = node;
    node = (node as Record<string, unknown>)[key];
  }
  if (!Array.isArray(node) || node.at(-1) !== MARK || node.length <= LEAST_ITEMS) return null;
  const beside = Object.values((parent ?? {}) as object).filter((one) => one !== node);
  const isAlone = beside.every(
    (one) => typeof one !== "object" || one === null || sizeOf(one) <= MOST_BESIDE,
  );
  if (!isAlone) return null;
  node.pop();
  return node;
}

const sizeOf = (value: object): number => (Array.isArray(value) ? value.length : Object.keys(value).length);

function* pieces(text: string, start: number, end: number): Generator<unknown[]> {
  for (let from = start; from <= end; ) {
    const to = pieceEnd(text, from, end, PIECE_CHARS);
    const items = JSON.parse(`[${quoteBigIntegers(text.slice(from, to))}]`) as unknown[];
    if (items.length === 0) throw new SyntaxError("A comma without an item behind it");
    yield items;
    from = to + 1;
  }
}

/** The comma behind an item of the list that ends at `end`, about `chars` characters on; `end` where none comes. */
function pieceEnd(text: string, from: number, end: number, chars: number): number {
  let depth = 0;
  for (let i = from; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = stringEnd(text, i);
    else if (code === OPEN || code === OPEN_LIST) depth++;
    else if (code === CLOSE || code === CLOSE_LIST) depth--;
    else if (code === COMMA && depth === 0 && i - from >= chars) return i;
  }
  return end;
}

interface Place {
  /** Of its brackets. */
  start: number;
  end: number;
  path: (string | number)[];
}

/** A list or an object that is open, with its place among its parent's children. */
interface Open {
  start: number;
  isList: boolean;
  /** Lists and objects in it. */
  count: number;
  index: number;
  keyStart: number;
  keyEnd: number;
}

/** The list of the most lists and objects; null where none has many. */
function longestList(text: string): Place | null {
  const open: Open[] = [];
  let longest: Place | null = null;
  let most = LEAST_ITEMS;
  let [keyStart, keyEnd] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      keyStart = i;
      keyEnd = i = stringEnd(text, i);
      continue;
    }
    const top = open.at(-1);
    if (code === OPEN || code === OPEN_LIST) {
      if (top) top.count++;
      open.push({ start: i, isList: code === OPEN_LIST, count: 0, index: 0, keyStart: 0, keyEnd: 0 });
    } else if (code === CLOSE || code === CLOSE_LIST) {
      if (!top) return null;
      open.pop();
      if (!top.isList || top.count <= most) continue;
      most = top.count;
      longest = { start: top.start, end: i, path: open.map((one) => keyIn(text, one)) };
    } else if (code === COMMA && top) top.index++;
    else if (code === COLON && top) [top.keyStart, top.keyEnd] = [keyStart, keyEnd];
  }
  return longest;
}

const keyIn = (text: string, { isList, index, keyStart, keyEnd }: Open): string | number =>
  isList ? index : String(scalarOfKey(text.slice(keyStart, keyEnd + 1)));

/** Keys with escapes that are none lead nowhere. */
function scalarOfKey(quoted: string): unknown {
  try {
    return JSON.parse(quoted);
  } catch {
    return null;
  }
}

/** The quote that closes the string at `start`. */
function stringEnd(text: string, start: number): number {
  let i = start + 1;
  for (let code = text.charCodeAt(i); code !== QUOTE && i < text.length; code = text.charCodeAt(++i))
    if (code === BACKSLASH) i++;
  return i;
}
