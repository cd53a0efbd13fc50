/** A data key as it is kept: readable only with the platform's master key. */
export interface WrappedKey {
  version: number;
  wrapped: Uint8Array;
}

/** Wrapped data keys by version. The newest one seals; a destroyed one opens nothing any more. */
export class DataKeys {
  constructor(private readonly sql: SqlStorage) {
    sql.exec("CREATE TABLE IF NOT EXISTS data_keys(version INTEGER PRIMARY KEY, wrapped BLOB)");
  }

  /** The key that seals; the first one is made by `wrapNew`. */
  async current(wrapNew: () => Promise<Uint8Array>): Promise<WrappedKey> {
    const known = this.newest();
    if (known) return known;
    const wrapped = await wrapNew();
    // Another request may have made one while this one waited.
    return this.newest() ?? this.add(wrapped);
  }

  private newest(): WrappedKey | null {
    const row = this.rows("ORDER BY version DESC LIMIT 1")[0];
    return row?.wrapped ? { version: row.version, wrapped: new Uint8Array(row.wrapped) } : null;
  }

  of(version: number): WrappedKey | null {
    const row = this.rows("WHERE version = ?", version)[0];
    return row?.wrapped ? { version, wrapped: new Uint8Array(row.wrapped) } : null;
  }

  private add(wrapped: Uint8Array): WrappedKey {
    const version = (this.rows("ORDER BY version DESC LIMIT 1")[0]?.version ?? 0) + 1;
    this.sql.exec("INSERT INTO data_keys VALUES(?,?)", version, wrapped);
    return { version, wrapped };
  }

  destroy(): void {
    this.sql.exec("UPDATE data_keys SET wrapped = NULL");
  }

  private rows(where: string, ...params: number[]) {
    return this.sql
      .exec<{ version: number; wrapped: ArrayBuffer | null }>(
        `SELECT version, wrapped FROM data_keys ${where}`,
        ...params,
      )
      .toArray();
  }
}
