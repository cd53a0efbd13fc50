// One arena that only grows until it is reset: the caller lays out a call's columns, the kernel adds its scratch above
// them. Nothing is freed one by one, so there is no collector and nothing to leak.

/** 32 MB: a quarter of an isolate, enough for the longest series at the largest state. */
const MAX_PAGES: i32 = 512;
const ALIGNMENT: usize = 16;

let top: usize = 0;
let failed: bool = false;

// @ts-ignore: decorator
@inline
function align(address: usize): usize {
  return (address + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

/** `bytes` of zeroed memory, or 0 where the arena is full. */
export function allocate(bytes: i32): usize {
  if (top == 0) top = align(__heap_base);
  const block = top;
  const end = align(block + <usize>bytes);
  const missing = <i32>((end + 0xffff) >> 16) - memory.size();
  if (bytes < 0 || memory.size() + max(missing, 0) > MAX_PAGES || (missing > 0 && memory.grow(missing) < 0)) {
    failed = true;
    return 0;
  }
  memory.fill(block, 0, end - block);
  top = end;
  return block;
}

/** A column of `count` zeros. A failure is remembered until the next reset: check {@link isFull} once at the end. */
export function column(count: i32): usize {
  return allocate(count << 3);
}

export function isFull(): bool {
  return failed;
}

/** Forgets everything that was allocated. */
export function reset(): void {
  top = align(__heap_base);
  failed = false;
}
