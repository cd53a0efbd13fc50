/** An object's SQLite that keeps count of the rows it writes, which is what a deployment pays for, by statement. */
export class CountingSql {
  readonly sql: SqlStorage;
  private open: { name: string; cursor: SqlStorageCursor<Record<string, SqlStorageValue>> }[] = [];
  private readonly rows = new Map<string, number>();

  constructor(storage: SqlStorage) {
    const exec = (query: string, ...bindings: unknown[]) => {
      const cursor = storage.exec(query, ...bindings);
      // A cursor that is read later counts when it was read.
      this.open.push({ name: nameOf(query), cursor });
      if (this.open.length > 1_000) this.settle();
      return cursor;
    };
    // What the engine asks of a SqlStorage, and no more.
    this.sql = {
      exec,
      get databaseSize() {
        return storage.databaseSize;
      },
    } as unknown as SqlStorage;
  }

  rowsWritten(): number {
    this.settle();
    return [...this.rows.values()].reduce((sum, rows) => sum + rows, 0);
  }

  by(): Record<string, number> {
    this.settle();
    return Object.fromEntries([...this.rows].filter(([, rows]) => rows > 0));
  }

  private settle(): void {
    for (const { name, cursor } of this.open)
      this.rows.set(name, (this.rows.get(name) ?? 0) + cursor.rowsWritten);
    this.open = [];
  }
}

const nameOf = (query: string): string =>
  query.trim().split(/\s+/).slice(0, 5).join(" ").replace(/\d+/g, "N");
