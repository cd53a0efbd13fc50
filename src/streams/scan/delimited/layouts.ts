import { OCCURRENCE, STREAM_LIMITS } from "../../contract";
import { RowShape, SharedTagSet } from "../../frame-builder";
import { isName, tagSetKey } from "../../point";
import { ATTRIBUTE, type CellText, FIELD, TAG } from "./cell-texts";

/** Combinations of kinds of cells kept, and combinations of tags; rows of further ones are for readRow. */
const MOST_LAYOUTS = 1_024;
const MOST_TAG_SETS = STREAM_LIMITS.seriesPerStream;

/** Rows whose cells are of the same kinds. */
export interface Layout {
  shape: RowShape;
  /** Of each field of the shape its column; -1: the OCCURRENCE. */
  places: Int32Array;
  tags: number[];
  attributes: number[];
  /** Of the tag sets of these columns. */
  root: Node;
}

/** A tag set of the text, with where it stands in the frame that is filled. */
export interface KnownTagSet {
  tagSet: SharedTagSet;
  /** Valid in the fill of this number. */
  fill: number;
  index: number;
  id: number;
}

/** Reached by the tags of a row one after the other, by their ids. */
interface Node {
  next: (Node | undefined)[];
  known: KnownTagSet | null;
}

/** The forms of rows and the tag sets of one text, as FrameBuilder takes them. */
export class Layouts {
  private readonly layouts = new Map<string, Layout | null>();
  private readonly shapes = new Map<string, RowShape>();
  private readonly roots = new Map<string, Node>();
  private tagSets = 0;

  constructor(private readonly names: readonly string[]) {}

  /** Null where such rows are not for here. */
  find(kinds: Uint8Array): Layout | null {
    let key = "";
    for (let at = 0; at < kinds.length; at++) key += kinds[at];
    let layout = this.layouts.get(key);
    if (layout === undefined) {
      layout = this.layouts.size < MOST_LAYOUTS ? this.layoutOf(kinds) : null;
      if (this.layouts.size < MOST_LAYOUTS) this.layouts.set(key, layout);
    }
    return layout;
  }

  /** Null where it is too much for a row, or nothing. */
  private layoutOf(kinds: Uint8Array): Layout | null {
    const columnsOf = (kind: number) => [...kinds.keys()].filter((column) => kinds[column] === kind);
    const [fields, tags, attributes] = [columnsOf(FIELD), columnsOf(TAG), columnsOf(ATTRIBUTE)];
    if (fields.length > STREAM_LIMITS.fieldsPerRow || tags.length > STREAM_LIMITS.tagsPerRow) return null;
    if (attributes.length > STREAM_LIMITS.attributesPerRow) return null;
    if (fields.length + tags.length + attributes.length === 0) return null;
    const named = [...fields, ...tags, ...attributes].map((column) => this.names[column]!);
    if (!named.every(isName)) return null;
    // In the order of an object's keys, which is that of readRow's points: names that are integers come first.
    const places = new Map(fields.map((column) => [this.names[column]!, column]));
    const names = Object.keys(textsOf(fields, this.names, () => ""));
    if (attributes.length > 0 || fields.length === 0) names.push(OCCURRENCE);
    return {
      shape: this.shapeOf(names),
      places: Int32Array.from(names, (name) => places.get(name) ?? -1),
      tags,
      attributes,
      root: this.rootOf(tags),
    };
  }

  private rootOf(tags: readonly number[]): Node {
    const key = tags.join();
    const root = this.roots.get(key) ?? { next: [], known: null };
    this.roots.set(key, root);
    return root;
  }

  /** Rows of the same fields have one shape, whatever else they have. */
  private shapeOf(names: readonly string[]): RowShape {
    const key = names.join("\n");
    const known = this.shapes.get(key) ?? new RowShape(names);
    this.shapes.set(key, known);
    return known;
  }

  /** Null where there are too many. */
  tagSetOf({ tags, root }: Layout, meanings: readonly (CellText | null)[]): KnownTagSet | null {
    let node = root;
    for (let i = 0; i < tags.length; i++) node = step(node, meanings[tags[i]!]!.id);
    if (!node.known) {
      if (this.tagSets === MOST_TAG_SETS) return null;
      this.tagSets++;
      const texts = textsOf(tags, this.names, (column) => meanings[column]!.text);
      node.known = { tagSet: new SharedTagSet(texts, tagSetKey(texts), this), fill: 0, index: 0, id: 0 };
    }
    return node.known;
  }

  attributesOf({ attributes }: Layout, meanings: readonly (CellText | null)[]): Record<string, string> {
    return textsOf(attributes, this.names, (column) => meanings[column]!.text);
  }
}

function step(node: Node, id: number): Node {
  let next = node.next[id];
  if (!next) {
    next = { next: [], known: null };
    node.next[id] = next;
  }
  return next;
}

/**
 * Names come from the caller: `__proto__` must be one like any other. By a constructor, as V8 keeps objects of
 * Object.create(null) as hash tables, which are slow to fill and to walk over.
 */
class Texts {
  [name: string]: string;
}
Object.setPrototypeOf(Texts.prototype, null);

function textsOf(
  columns: readonly number[],
  names: readonly string[],
  textOf: (column: number) => string,
): Texts {
  const texts = new Texts();
  for (const column of columns) texts[names[column]!] = textOf(column);
  return texts;
}
