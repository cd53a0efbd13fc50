/**
 * The most memory that one call of a kernel used since it was last asked: where its arena ends. One for the isolate, so
 * that only what runs without a wait can be told from what others run.
 */
let peakBytes = 0;

export function noteKernelBytes(bytes: number): void {
  if (bytes > peakBytes) peakBytes = bytes;
}

/** Runs `work`, which waits for nothing, and gives the most memory that one of its calls of kernels used. */
export function meterKernels<T>(work: () => T): { value: T; kernelBytes: number } {
  peakBytes = 0;
  const value = work();
  return { value, kernelBytes: peakBytes };
}
