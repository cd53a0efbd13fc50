/** Doubles of the first page, half a kilobyte, and of the largest ones, 64 KB. */
const FIRST_PAGE = 64;
const PAGE_BITS = 13;
const PAGE = 2 ** PAGE_BITS;
/** Bytes of large pages that wait for the isolate's next slab: those of a head that is sealed are twice as many. */
const SPARE_BYTES = 4_194_304;

/** To be given out again: the platform clears each new page, and has to find memory for it first. */
const spare: Float64Array[] = [];

/**
 * Memory for many short arrays of doubles, cut from few large pages: as arrays of their own they would be more objects than
 * numbers, and the collector would have to carry each from one length to the next. The first pages
 * are small, so that a stream of a few points takes little.
 */
export class Slab {
  private readonly pages: Float64Array[] = [];
  /** Doubles of the last page that are given away. */
  private used = 0;
  /** What was given back, by its size. */
  private readonly free = new Map<number, number[]>();
  /** Of its pages, and of what those who take from here say that they hold beside. */
  bytes = 0;

  /** A place with `size` doubles, at most {@link PAGE}, whatever they hold. */
  take(size: number): number {
    const freed = this.free.get(size)?.pop();
    if (freed !== undefined) return freed;
    if (this.used + size > (this.pages.at(-1)?.length ?? 0)) this.open(size);
    const place = (this.pages.length - 1) * PAGE + this.used;
    this.used += size;
    return place;
  }

  release(place: number, size: number): void {
    const freed = this.free.get(size);
    if (freed) freed.push(place);
    else this.free.set(size, [place]);
  }

  /** The page that a place lies on, from {@link offsetOf} it on. */
  pageOf(place: number): Float64Array {
    return this.pages[place >> PAGE_BITS]!;
  }

  /** Nobody uses what it gave: the next slab may have its pages. */
  close(): void {
    for (const page of this.pages)
      if (page.length === PAGE && spare.length * page.byteLength < SPARE_BYTES) spare.push(page);
  }

  private open(size: number): void {
    const last = this.pages.at(-1)?.length ?? FIRST_PAGE / 2;
    const length = Math.max(size, Math.min(PAGE, 2 * last));
    const page = (length === PAGE && spare.pop()) || new Float64Array(length);
    this.pages.push(page);
    this.used = 0;
    this.bytes += page.byteLength;
  }
}

export const offsetOf = (place: number): number => place & (PAGE - 1);
