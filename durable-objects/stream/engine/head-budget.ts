import { Holders } from "../../shared/holders";

/** Bytes of unsealed points over all objects of an isolate: 128 MB are shared, and parsing needs its part. */
const MOST_BYTES = 32_000_000;
/** One object seals at this size whatever the others hold, unless configured otherwise. */
const SEAL_BYTES = 8_000_000;
/** And at this one when all together are over the limit. */
const CROWDED_BYTES = 1_000_000;
/** The log's own limit: a wake reads all of it. */
const LOG_BYTES = 8_000_000;

interface Holder {
  readonly unsealedBytes: number;
  readonly logBytes: number;
}

const holders = new Holders<Holder>();

/** Counts an object's memory from now on. */
export function register(holder: Holder): void {
  holders.add(holder);
}

export function mustSeal(holder: Holder, sealBytes = SEAL_BYTES): boolean {
  const own = holder.unsealedBytes;
  if (own >= sealBytes || holder.logBytes >= LOG_BYTES) return true;
  return own >= CROWDED_BYTES && total() >= MOST_BYTES;
}

function total(): number {
  let bytes = 0;
  for (const holder of holders) bytes += holder.unsealedBytes;
  return bytes;
}
