/** Wrapped data keys by version. The newest one seals; a destroyed one opens nothing any more. */
export class DataKeys {
  constructor(private readonly sql: SqlStorage) {
    sql.exec("CREATE TABLE IF NOT EXISTS data_keys(version INTEGER PRIMARY KEY, wrapped BLOB)");
  }

  newest(): { version: number; wrapped: Uint8Array } | null {
    const row = this.rows("ORDER BY version DESC LIMIT 1")[0];
    return row?.wrapped ? { version: row.version, wrapped: new Uint8Array(row.wrapped) } : null;
  }

  of(version: number): { version: number; wrapped: Uint8Array } | null {
    const row = this.rows("WHERE version = ?", version)[0];
    return row?.wrapped ? { version, wrapped: new Uint8Array(row.wrapped) } : null;
  }

  add(wrapped: Uint8Array): { version: number; wrapped: Uint8Array } {
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
