import { Holders } from "../../shared/holders";

/** Bytes of detector states over all objects of an isolate: a stream of 10,000 series fits. */
export const MOST_STATE_BYTES = 16_000_000;

interface Holder {
  readonly bytes: number;
  /** Greater the later it was used. */
  readonly usedAt: number;
  /** Leaves its memory: what was not stored it observes again from its log. */
  drop(): void;
}

const holders = new Holders<Holder>();
let uses = 0;

/** Counts an object's states from now on. */
export function register(holder: Holder): void {
  holders.add(holder);
}

/** The next place in the order of use: the platform's clock stands still during work. */
export const nextUse = (): number => ++uses;

/** While all are over the limit, those that were used least recently leave their memory; never `own`. */
export function makeRoom(own: Holder): void {
  const others = [...holders].filter((holder) => holder !== own && holder.bytes > 0);
  let bytes = others.reduce((sum, holder) => sum + holder.bytes, own.bytes);
  for (const holder of others.sort((a, b) => a.usedAt - b.usedAt)) {
    if (bytes <= MOST_STATE_BYTES) return;
    bytes -= holder.bytes;
    holder.drop();
  }
}
