import { RowScanner } from "./row-scanner";
import { isSameTemplate, type Template } from "./template";

/** Ways of writing a record that a stream may have and stay fast. */
const MOST_TEMPLATES = 8;
/** Of all memories that are kept together; a tag set takes about 600 bytes. */
const MOST_TAG_SETS = 20_000;
/** Streams whose records are known; more take turns. */
const MOST_MEMORIES = 64;

/** How the records of a stream were written of late, and the names and tags in them: the next body is read by it. */
export class ScanMemory {
  readonly scanners: RowScanner[] = [];
  /** That which fitted last. */
  last: RowScanner | null = null;
  /** Of a record, about; 0: none was seen. */
  recordBytes = 0;
  private readonly templates: Template[] = [];

  get isFull(): boolean {
    return this.templates.length >= MOST_TEMPLATES;
  }

  get tagSets(): number {
    return this.scanners.reduce((sum, { tagSets }) => sum + tagSets, 0);
  }

  learn(template: Template): void {
    if (this.templates.some((known) => isSameTemplate(known, template))) return;
    this.templates.push(template);
    this.last = new RowScanner(template);
    this.scanners.push(this.last);
  }

  /** Lets go of the body that was read. */
  rest(): void {
    for (const scanner of this.scanners) scanner.rest();
  }
}

/** The memory of one stream, as {@link ScanMemories} has it. */
export interface MemoryOf {
  take(): ScanMemory;
  keep(memory: ScanMemory): void;
}

/**
 * The memories of the streams that this isolate is sent, by stream. A memory serves one body at a time: who reads one takes
 * it away, and another body of the same stream, in the meantime, is read without. What it holds is read from the bodies
 * again where it is lost.
 */
export class ScanMemories {
  private readonly kept = new Map<string, ScanMemory>();
  private tagSets = 0;

  of(stream: string): MemoryOf {
    return { take: () => this.take(stream), keep: (memory) => this.keep(stream, memory) };
  }

  private take(stream: string): ScanMemory {
    const memory = this.kept.get(stream);
    if (!memory) return new ScanMemory();
    this.kept.delete(stream);
    this.tagSets -= memory.tagSets;
    return memory;
  }

  /** The body was read to its end. */
  private keep(stream: string, memory: ScanMemory): void {
    memory.rest();
    this.tagSets += memory.tagSets - (this.kept.get(stream)?.tagSets ?? 0);
    this.kept.delete(stream);
    this.kept.set(stream, memory);
    for (const [oldest, { tagSets }] of this.kept) {
      if (this.kept.size <= MOST_MEMORIES && this.tagSets <= MOST_TAG_SETS) return;
      this.kept.delete(oldest);
      this.tagSets -= tagSets;
    }
  }
}
