import { Literal } from "../literal";
import { literalsAround, valuesOf } from "../template";
import { decodeExactly } from "../text";
import type { LineForms } from "./spec";

/** Forms kept. Each line that is of none of them was held against all. */
const MOST_FORMS = 64;
/** Lines looked at for a form: beyond that the text has no more. */
const MOST_ATTEMPTS = 1_024;

const [CR, OPEN, CLOSE] = [13, 123, 125];

/** Lines of the same keys in the same order. */
export interface LineForm {
  /** The bytes before each value and behind the last one. */
  literals: Literal[];
  /** Of each value: see {@link LineForms.targetOf}. */
  targets: Int32Array;
  /** Columns that such a line has no value for. */
  absent: Int32Array;
  /** Of the next line, when such a line was last met. */
  after: LineForm;
}

/** The forms of the lines of a text, as they come. */
export class LineFormTable {
  readonly all: LineForm[] = [];
  private readonly known = new Set<string>();
  private last: LineForm | null = null;
  private attempts = 0;

  constructor(private readonly spec: LineForms) {}

  /** What the next line may be; null: no form is known. */
  guess(): LineForm | null {
    return this.last?.after ?? null;
  }

  /** A line was of this form. */
  follow(form: LineForm): void {
    this.last!.after = form;
    this.last = form;
  }

  /** Adds the form of the line in bytes[start..end), where it has one. */
  learn(bytes: Uint8Array, start: number, end: number): void {
    if (this.attempts === MOST_ATTEMPTS || this.all.length === MOST_FORMS) return;
    if (bytes[start] !== OPEN || bytes[end - 1] !== CLOSE) return;
    this.attempts++;
    const line = bytes.slice(start, end);
    // A carriage return alone ends a line, too.
    if (line.includes(CR) || !isJson(line)) return;
    const values = valuesOf(line, 0, line.length);
    if (!values) return;
    // What has no name gives its place to what is in it.
    if (values.some(({ path }) => path.includes(""))) return;
    const targets = values.map(({ path }) => this.spec.targetOf(path.join(".")));
    if (targets.includes(null)) return;
    const literals = literalsAround(values, line, 0, line.length);
    const key = literals.map(decodeExactly).join("\n");
    if (this.known.has(key)) return;
    this.known.add(key);
    this.add(literals, Int32Array.from(targets as number[]));
  }

  private add(literals: readonly Uint8Array[], targets: Int32Array): void {
    const columns = [...this.spec.columns.keys()];
    const form = {
      literals: literals.map((literal) => new Literal(literal)),
      targets,
      absent: Int32Array.from(columns.filter((column) => !targets.includes(column))),
    } as LineForm;
    form.after = form;
    this.last ??= form;
    this.all.push(form);
  }
}

function isJson(line: Uint8Array): boolean {
  try {
    JSON.parse(decodeExactly(line));
    return true;
  } catch {
    return false;
  }
}
