import { quoteBigIntegers } from "./big-integers";

const [QUOTE, COMMA, COLON, OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN, CLOSE] = [
  34, 44, 58, 91, 92, 93, 123, 125,
];
const PIECE_CHARS = 100_000;

/** A list in a JSON text. */
export interface ListInText {
  /** Of its brackets. */
  start: number;
  end: number;
  /** Keys and numbers of items on the way to it. Where the text has a key twice it may lead to another value. */
  path: (string | number)[];
  /** Lists and objects among its items. */
  parents: number;
}

/** A list or an object that is open, with its place among its parent's children. */
interface Open {
  start: number;
  isList: boolean;
  parents: number;
  index: number;
  keyStart: number;
  keyEnd: number;
}

/** The lists of at least `chars` characters in a text, each behind those in it; some of them where the text is no JSON. */
export function longLists(text: string, chars: number): ListInText[] {
  const open: Open[] = [];
  const lists: ListInText[] = [];
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
      if (top) top.parents++;
      open.push({ start: i, isList: code === OPEN_LIST, parents: 0, index: 0, keyStart: 0, keyEnd: 0 });
    } else if (code === CLOSE || code === CLOSE_LIST) {
      if (!top) return lists;
      open.pop();
      const { start, isList, parents } = top;
      if (isList && i - start >= chars)
        lists.push({ start, end: i, parents, path: open.map((one) => keyIn(text, one)) });
    } else if (code === COMMA && top) top.index++;
    else if (code === COLON && top) [top.keyStart, top.keyEnd] = [keyStart, keyEnd];
  }
  return lists;
}

/** What stands at the end of a path, and what that is in; undefined: nothing. */
export function valueAt(
  root: unknown,
  path: readonly (string | number)[],
): { value: unknown; parent: unknown } {
  let parent: unknown;
  let value = root;
  for (const key of path) {
    parent = value;
    const isThere = typeof parent === "object" && parent !== null && Object.hasOwn(parent, key);
    value = isThere ? (parent as Record<string, unknown>)[key] : undefined;
  }
  return { value, parent };
}

/** The items from `start` to `end`, some at a time. Throws SyntaxError where there is none behind a comma, or no JSON. */
export function* itemsBetween(text: string, start: number, end: number): Generator<unknown[]> {
  for (let from = start; from <= end; ) {
    const to = itemEnd(text, from, end, PIECE_CHARS);
    const items = JSON.parse(`[${quoteBigIntegers(text.slice(from, to))}]`) as unknown[];
    if (items.length === 0) throw new SyntaxError("A comma without an item behind it");
    yield items;
    from = to + 1;
  }
}

/** The comma behind an item of the list that ends at `end`, at least `chars` characters on; `end` where none comes. */
export function itemEnd(text: string, from: number, end: number, chars: number): number {
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

const keyIn = (text: string, { isList, index, keyStart, keyEnd }: Open): string | number =>
  isList ? index : keyOf(text.slice(keyStart, keyEnd + 1));

/** A key with escapes that are none leads nowhere. */
function keyOf(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted;
  }
}

/** The quote that closes the string at `start`. */
function stringEnd(text: string, start: number): number {
  let i = start + 1;
  for (let code = text.charCodeAt(i); code !== QUOTE && i < text.length; code = text.charCodeAt(++i))
    if (code === BACKSLASH) i++;
  return i;
}
