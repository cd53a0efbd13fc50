/** A silence before a reading. */
export interface Gap {
  /** Of the reading that ends it. */
  row: number;
  /** Readings that are missing, by the usual distance of two. */
  missing: number;
  /** Its length in alert lengths, from 1 on. */
  ratio: number;
}

/** Fewer distances do not know what is usual. */
const FEWEST = 20;
/** Usual distances from which one speaks of missing readings. */
const STEPS = 4;
/**
 * Where one reading in fifty comes after a distance beyond `uneven` usual ones, nights, weekends, bursts or chance are
 * part of the rhythm: a gap is so many times longer than that distance.
 */
const RHYTHM = { share: 0.98, uneven: 1.5, longer: 5 };

/** Where readings are missing from the rhythm of `times` (µs, not descending). */
export function gapsOf(times: Float64Array): Gap[] {
  const distances = times.subarray(1).map((time, i) => time - times[i]!);
  const known = distances.filter((distance) => distance > 0).sort();
  if (known.length < FEWEST) return [];
  const rank = (share: number) => known[Math.floor(share * (known.length - 1))]!;
  const usual = rank(0.5);
  const long = rank(RHYTHM.share);
  const limit = Math.max(STEPS * usual, long > RHYTHM.uneven * usual ? RHYTHM.longer * long : 0);
  return [...distances.keys()]
    .filter((i) => distances[i]! >= limit)
    .map((i) => ({
      row: i + 1,
      missing: Math.round(distances[i]! / usual) - 1,
      ratio: distances[i]! / limit,
    }));
}
