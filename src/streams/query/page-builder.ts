import { type Place, placeText } from "./cursor";
import { QUERY_LIMITS, type QueryColumns, type QueryPage, type QueryPoint } from "./spec";

/** Past every tag set and ordinal. */
const LAST = 0xffff_ffff;

/** Rows of one page, up to a number of them and about as many bytes as cross RPC. */
export class PageBuilder {
  private readonly points: QueryPoint[] = [];
  private readonly places: number[] = [];
  private bytes = 0;
  private last = "";

  constructor(
    private readonly limit: number,
    /** The last row of the page before: rows up to it are passed over. */
    readonly after: Place | null = null,
  ) {}

  get full(): boolean {
    return this.points.length >= this.limit || this.bytes >= QUERY_LIMITS.pageBytes;
  }

  /** The time from which on rows may come; minus infinity: all. */
  get from(): number {
    if (this.after === null) return Number.NEGATIVE_INFINITY;
    return this.after.tagSet === LAST ? this.after.timeMicros + 1 : this.after.timeMicros;
  }

  /** Rows that still fit. */
  get room(): number {
    return this.limit - this.points.length;
  }

  /** Adds the row that comes next in the order; false where the page is full and the row stays out. */
  add(point: QueryPoint, tagSet: number, ordinal: number): boolean {
    if (this.full) return false;
    this.points.push(point);
    this.places.push(tagSet, ordinal);
    this.last = placeText({ timeMicros: point.timeMicros, tagSet, ordinal });
    this.bytes += weight(point);
    return true;
  }

  /** The next page begins at this time, though there may be no row yet: all rows up to it are told. */
  goOnBefore(timeMicros: number): void {
    this.last = placeText({ timeMicros: timeMicros - 1, tagSet: LAST, ordinal: LAST });
  }

  page(more: boolean, columns: QueryColumns | null): QueryPage {
    return {
      points: this.points,
      places: Uint32Array.from(this.places),
      next: more ? this.last : null,
      columns,
    };
  }
}

/** About the bytes of a row in an RPC message: a tag set shared by rows is written once. */
function weight({ fields, attributes }: QueryPoint): number {
  let bytes = 64;
  for (const name in fields) bytes += name.length + 12;
  for (const name in attributes) bytes += 2 * (name.length + attributes[name]!.length) + 8;
  return bytes;
}
