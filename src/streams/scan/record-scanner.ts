import type { Batch, BatchBuilder } from "../batch";
import { parseRecord } from "../protocols/row";
import { RowScanner } from "./row-scanner";
import { type Template, templateOf } from "./template";
import { decodeExactly } from "./text";

/** Ways of writing a record that a body may have and stay fast. */
const MOST_TEMPLATES = 8;
/** Rows looked at for a template: beyond that the body has none. */
const MOST_ATTEMPTS = 32;

/** Reads records one by one: by a template of earlier ones, and in the general way where none fits. */
export class RecordScanner {
  private readonly scanners: RowScanner[] = [];
  private readonly templates: Template[] = [];
  private last: RowScanner | null = null;
  private attempts = 0;

  /** Rows that {@link run} took. */
  taken = 0;

  /** `nextAfter` tells where the record starts that follows one's end, -1: none follows. */
  constructor(
    private readonly batches: BatchBuilder,
    private readonly nextAfter: (bytes: Uint8Array, end: number) => number,
  ) {}

  /** Takes rows from the one at `start` on while they are alike; returns where the first starts that is left. */
  run(bytes: Uint8Array, start: number): number {
    this.taken = 0;
    const runs = this.last?.runs;
    if (!runs) return start;
    const next = runs.read(bytes, start, this.batches.builder);
    this.taken = runs.taken;
    return next;
  }

  /** The end of the record at `start` when a template fits it and {@link add} may take it; else -1. */
  read(bytes: Uint8Array, start: number): number {
    if (!this.last) return -1;
    const end = this.last.read(bytes, start);
    if (end >= 0 || this.scanners.length === 1) return end;
    for (const scanner of this.scanners) {
      if (scanner === this.last) continue;
      const other = scanner.read(bytes, start);
      if (other < 0) continue;
      this.last = scanner;
      return other;
    }
    return -1;
  }

  /** Takes the record last read, which ends at `end`. */
  add(bytes: Uint8Array, end: number): Batch | null {
    const scanner = this.last!;
    const { builder } = this.batches;
    const batch = scanner.fits(builder) ? null : this.batches.cut();
    scanner.addTo(builder);
    if (scanner.learnsRun()) scanner.learnRun(bytes, end, this.nextAfter(bytes, end));
    return batch;
  }

  /** Takes the record in bytes[start..end) in the general way. Throws SyntaxError where it is no JSON. */
  addParsed(row: number, bytes: Uint8Array, start: number, end: number): Batch | null {
    const record: unknown = JSON.parse(decodeExactly(bytes.subarray(start, end)));
    // A tenth more than the first row's length says.
    if (this.attempts === 0)
      this.batches.builder.expect(Math.ceil(((bytes.length - start) / (end - start + 1)) * 1.1));
    const batch = this.batches.add(parseRecord(row, record));
    if (this.attempts < MOST_ATTEMPTS && this.scanners.length < MOST_TEMPLATES)
      this.learn(record, bytes, start, end);
    return batch;
  }

  private learn(record: unknown, bytes: Uint8Array, start: number, end: number): void {
    this.attempts++;
    if (bytes[start] !== 123 || bytes[end - 1] !== 125) return;
    const template = templateOf(record, bytes, start, end);
    if (!template || this.templates.some((known) => isSame(known, template))) return;
    this.templates.push(template);
    this.last = new RowScanner(template);
    this.scanners.push(this.last);
  }
}

function isSame(a: Template, b: Template): boolean {
  return (
    a.literals.length === b.literals.length &&
    a.slots.every(({ role }, i) => role === b.slots[i]!.role) &&
    a.literals.every((literal, i) => {
      const other = b.literals[i]!;
      return literal.length === other.length && literal.every((byte, at) => byte === other[at]);
    })
  );
}
