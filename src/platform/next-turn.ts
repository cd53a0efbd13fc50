/**
 * Resolves when what has arrived so far was dealt with. Not `scheduler.wait(0)`, which waits for a millisecond's timer:
 * with eight connections that cost a sixth of the writes a second.
 */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
