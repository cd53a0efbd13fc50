import type { Batch, BatchBuilder } from "../batch";
import { parseRecord } from "../protocols/row";
import { ScanMemory } from "./memory";
import { templateOf } from "./template";
import { decodeExactly } from "./text";

/** Rows looked at for a template: beyond that the body has none. */
const MOST_ATTEMPTS = 32;

/** Reads records one by one: by a template of earlier ones, and in the general way where none fits. */
export class RecordScanner {
  private attempts = 0;
  private isFirst = true;
  /** Rows that were read in the general way, and by a template. */
  private general = 0;
  private fitting = 0;

  /** Rows that {@link run} took. */
  taken = 0;

  /** `nextAfter` tells where the record starts that follows one's end, -1: none follows. */
  constructor(
    private readonly batches: BatchBuilder,
    private readonly nextAfter: (bytes: Uint8Array, end: number) => number,
    private readonly memory = new ScanMemory(),
  ) {}

  /** Whether what is known now says how such bodies are written. */
  get isWorthKeeping(): boolean {
    return this.general <= this.fitting;
  }

  /** Takes rows from the one at `start` on while they are alike; returns where the first starts that is left. */
  run(bytes: Uint8Array, start: number): number {
    this.taken = 0;
    const runs = this.memory.last?.runs;
    if (!runs) return start;
    const next = runs.read(bytes, start, this.batches.builder);
    this.taken = runs.taken;
    this.fitting += runs.taken;
    return next;
  }

  /** The end of the record at `start` when a template fits it and {@link add} may take it; else -1. */
  read(bytes: Uint8Array, start: number): number {
    const { memory } = this;
    if (!memory.last) return -1;
    const end = memory.last.read(bytes, start);
    if (end >= 0 || memory.scanners.length === 1) return end;
    for (const scanner of memory.scanners) {
      if (scanner === memory.last) continue;
      const other = scanner.read(bytes, start);
      if (other < 0) continue;
      memory.last = scanner;
      return other;
    }
    return -1;
  }

  /** Takes the record last read, which ends at `end`. */
  add(bytes: Uint8Array, end: number): Batch | null {
    const scanner = this.memory.last!;
    const { builder } = this.batches;
    if (this.isFirst) this.expect(bytes.length, this.memory.recordBytes);
    this.fitting++;
    const batch = scanner.fits(builder) ? null : this.batches.cut();
    scanner.addTo(builder);
    if (scanner.learnsRun()) scanner.learnRun(bytes, end, this.nextAfter(bytes, end));
    return batch;
  }

  /** Takes the record in bytes[start..end) in the general way. Throws SyntaxError where it is no JSON. */
  addParsed(row: number, bytes: Uint8Array, start: number, end: number): Batch | null {
    const record: unknown = JSON.parse(decodeExactly(bytes.subarray(start, end)));
    this.general++;
    if (this.isFirst) {
      this.memory.recordBytes = end - start + 1;
      this.expect(bytes.length - start, this.memory.recordBytes);
    }
    const batch = this.batches.add(parseRecord(row, record));
    if (this.attempts < MOST_ATTEMPTS && !this.memory.isFull) this.learn(record, bytes, start, end);
    return batch;
  }

  /** Rows come: a tenth more than the length of one says. */
  private expect(bytes: number, recordBytes: number): void {
    this.isFirst = false;
    this.batches.builder.expect(Math.ceil((bytes / recordBytes) * 1.1));
  }

  private learn(record: unknown, bytes: Uint8Array, start: number, end: number): void {
    this.attempts++;
    if (bytes[start] !== 123 || bytes[end - 1] !== 125) return;
    const template = templateOf(record, bytes, start, end);
    if (template) this.memory.learn(template);
  }
}
