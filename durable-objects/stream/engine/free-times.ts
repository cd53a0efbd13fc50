import type { Catalog } from "./catalog";
import type { Points } from "./points";

/** The first of `rows` times, a microsecond apart, from `base` on at which nothing stands, in the stream or in `own`. */
export function freeTimes(
  { catalog, points }: { catalog: Catalog; points: Points },
  base: number,
  rows: number,
  own: ArrayLike<number>,
): number {
  const later = catalog.series.filter(({ count, last }) => count > 0 && last >= base);
  const laterOwn = Float64Array.from(own)
    .filter((time) => time >= base)
    .sort();
  for (let from = base; ; ) {
    let next = from;
    for (const time of laterOwn) if (time >= next && time < next + rows) next = time + 1;
    for (const series of later)
      for (const part of points.places(series, next, next + rows)) next = part.times[part.to - 1]! + 1;
    if (next === from) return from;
    from = next;
  }
}
