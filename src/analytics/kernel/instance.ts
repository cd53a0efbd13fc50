import { fail } from "../../core/errors";
import { KERNEL_BYTES } from "../../core/work";
import { noteKernelBytes } from "./memory-meter";

/** What every kernel exports beside its own functions: wasm/README.md. */
export interface KernelExports {
  memory: WebAssembly.Memory;
  /** Address of zeroed bytes, 0 where there is no room. */
  allocate(bytes: number): number;
  reset(): void;
}

/** The status codes of wasm/kernels/arima/status.ts. */
export const STATUS = {
  ok: 0,
  badLength: 1,
  badOrder: 2,
  notFinite: 3,
  singular: 4,
  outOfMemory: 5,
  notStationary: 6,
  badHorizon: 7,
} as const;

/**
 * Columns in a kernel's memory for the length of one call. The arena is reset when a call begins, so nothing outlives
 * it; addresses are valid until the next allocation only for the kernel, hence values are read through fresh views.
 */
export class CallFrame {
  constructor(private readonly kernel: KernelExports) {
    kernel.reset();
  }

  /** A column of zeros. */
  empty(length: number): number {
    const address = this.kernel.allocate(length * 8);
    if (address === 0)
      throw fail("work_budget_exceeded", "The series does not fit into the memory of one analysis.");
    return address;
  }

  column(values: ArrayLike<number>): number {
    const address = this.empty(values.length);
    new Float64Array(this.kernel.memory.buffer, address, values.length).set(values);
    return address;
  }

  /** A copy: the memory below may move when it grows. */
  read(address: number, length: number): Float64Array {
    return new Float64Array(this.kernel.memory.buffer, address, length).slice();
  }
}

/**
 * Instantiates a module at its first use: an isolate that never forecasts pays nothing. Synchronous, for a kernel
 * imports nothing and is small. A trap would be a mistake of ours; the instance is then dropped with its state.
 */
export function lazyKernel<Exports extends KernelExports>(module: WebAssembly.Module) {
  let exports: Exports | null = null;
  return <T>(work: (kernel: Exports, frame: CallFrame) => T): T => {
    exports ??= exportsOf<Exports>(new WebAssembly.Instance(module));
    try {
      return work(exports, new CallFrame(exports));
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) exports = null;
      throw error;
    } finally {
      // The arena only grows within a call: where it ends is the most that was used. Full, it gives no address.
      if (exports) noteKernelBytes(exports.allocate(0) || KERNEL_BYTES);
    }
  };
}

/** WebAssembly exports are untyped. That these hold is what test/golden checks: it calls every one of them. */
const exportsOf = <Exports>(instance: WebAssembly.Instance): Exports =>
  instance.exports as unknown as Exports;
