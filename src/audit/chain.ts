/** A hash chain: each entry's hash covers the one before it, so that none can be changed, dropped or moved unseen. */
export interface ChainEntry {
  seq: number;
  atMs: number;
  actor: string;
  action: string;
  resource: string;
  requestId: string;
  /** Sealed personal detail, base64: the chain covers the sealed text, and stays verifiable when the key is destroyed. */
  sealedDetail: string | null;
}

export const GENESIS = "0".repeat(64);

/** Hash of a text as lowercase hex, passed in: it must be synchronous inside an object. */
export type HashText = (text: string) => string;

export const entryHash = (hash: HashText, previous: string, entry: ChainEntry): string =>
  hash(
    JSON.stringify([
      previous,
      entry.seq,
      entry.atMs,
      entry.actor,
      entry.action,
      entry.resource,
      entry.requestId,
      entry.sealedDetail,
    ]),
  );

/** The first entry whose hash or number does not follow from the one before it, or null. */
export function firstBroken(
  hash: HashText,
  entries: Iterable<ChainEntry & { hash: string }>,
): { entries: number; brokenAt: number | null } {
  let previous = GENESIS;
  let count = 0;
  for (const entry of entries) {
    if (entry.seq !== count + 1 || entryHash(hash, previous, entry) !== entry.hash)
      return { entries: count, brokenAt: entry.seq };
    previous = entry.hash;
    count++;
  }
  return { entries: count, brokenAt: null };
}
