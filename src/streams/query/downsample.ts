/**
 * The indices of at most `most` (3 or more) of the points that keep the shape of the line: Largest Triangle Three
 * Buckets (Steinarsson 2013, "Downsampling Time Series for Visual Representation"). The first and the last are kept;
 * of each bucket between them the point that spans the largest triangle with the one chosen before and the mean of the
 * next bucket. Ascending; all of them where there are not more.
 */
export function lttb(times: Float64Array, values: Float64Array, most: number): Uint32Array {
  const count = times.length;
  if (count <= most) return Uint32Array.from(times, (_, i) => i);
  const chosen = new Uint32Array(most);
  const width = (count - 2) / (most - 2);
  const edge = (bucket: number) => Math.min(count - 1, Math.floor(bucket * width) + 1);
  for (let bucket = 0; bucket < most - 2; bucket++) {
    const [from, to] = [edge(bucket), edge(bucket + 1)];
    const next = bucket === most - 3 ? count : edge(bucket + 2);
    chosen[bucket + 1] = largest(times, values, chosen[bucket]!, from, to, next);
  }
  chosen[most - 1] = count - 1;
  return chosen;
}

/** Of the points [from, to) the one with the largest triangle; [to, next) is the bucket after. */
function largest(
  times: Float64Array,
  values: Float64Array,
  last: number,
  from: number,
  to: number,
  next: number,
): number {
  let meanTime = 0;
  let meanValue = 0;
  for (let i = to; i < next; i++) {
    // Relative to the bucket: a sum of times since the epoch would lose their digits.
    meanTime += (times[i]! - times[to]!) / (next - to);
    meanValue += values[i]! / (next - to);
  }
  const spanTime = times[last]! - (times[to]! + meanTime);
  let best = from;
  let bestArea = -1;
  for (let i = from; i < to; i++) {
    const area = Math.abs(
      spanTime * (values[i]! - values[last]!) - (times[last]! - times[i]!) * (meanValue - values[last]!),
    );
    if (area > bestArea) {
      bestArea = area;
      best = i;
    }
  }
  return best;
}
