export const HALVES = ["first", "second", "both"];

/** Of the series, by FNV-1a of their ids: the same whatever else a file holds. What is fitted on one is judged on the other. */
export function halfOf(id) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(id)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return (hash >>> 16) % 2 === 0 ? "first" : "second";
}

export const isIn = (half, id) => half === "both" || halfOf(id) === half;
