/**
 * Objects of one isolate that share a memory limit. Those that were evicted leave without a word: what is collected no
 * longer counts.
 */
export class Holders<T extends object> {
  private readonly refs = new Set<WeakRef<T>>();

  add(holder: T): void {
    this.refs.add(new WeakRef(holder));
  }

  *[Symbol.iterator](): Generator<T> {
    for (const ref of this.refs) {
      const holder = ref.deref();
      if (holder) yield holder;
      else this.refs.delete(ref);
    }
  }
}
