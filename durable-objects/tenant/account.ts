import { LEASE_MARGIN_MS, LEASE_MS } from "../../src/core/admission";
import { MINUTE_MS } from "../../src/core/clock";
import { fail } from "../../src/core/errors";
import { findTenant, type Tenant } from "../../src/tenants";
import type { Terms } from "./admission/lease-book";

/** The account as D1 has it, and the few numbers of its own: the epoch, counters, when leases were last granted. */
export class Account {
  private tenant: Tenant | null = null;
  private readonly startedMs = Date.now();

  constructor(
    private readonly env: Env,
    private readonly sql: SqlStorage,
    private readonly tenantId: () => string,
  ) {
    sql.exec("CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL)");
  }

  /** The account, read once. Throws `tenant_not_found`. */
  async load(): Promise<Tenant> {
    if (!this.tenant) await this.refresh();
    return this.known();
  }

  /** Reads the account again. What was known stays in force until the newer version takes its place at once. */
  async refresh(): Promise<void> {
    const read = await findTenant(this.env, this.tenantId());
    // Of two reads under way the one that was begun first may end last.
    if (read && read.version >= (this.tenant?.version ?? 0)) this.tenant = read;
  }

  /** The account in force this moment. */
  known(): Tenant {
    if (!this.tenant) throw fail("tenant_not_found", "There is no tenant with this id.");
    return this.tenant;
  }

  terms(): Terms {
    const { status, limits, region, settings } = this.known();
    const corsOrigins = settings.cors_origins ?? null;
    return { epoch: this.epoch(), active: status === "active", limits, region, corsOrigins };
  }

  epoch(): number {
    return this.number("epoch") || 1;
  }

  raiseEpoch(): number {
    this.sql.exec("INSERT INTO meta VALUES('epoch', 2) ON CONFLICT(name) DO UPDATE SET value = value + 1");
    return this.epoch();
  }

  number(name: string): number {
    return (
      this.sql.exec<{ value: number }>("SELECT value FROM meta WHERE name = ?", name).toArray()[0]?.value ?? 0
    );
  }

  count(name: string): void {
    this.sql.exec("INSERT INTO meta VALUES(?, 1) ON CONFLICT(name) DO UPDATE SET value = value + 1", name);
  }

  /** A mark for an event of this object: greater than any before, also than those of an erased one. */
  nextMark(nowMs: number): number {
    const mark = Math.max(this.number("mark"), nowMs * 1_000) + 1;
    this.sql.exec("INSERT OR REPLACE INTO meta VALUES('mark', ?)", mark);
    return mark;
  }

  /** Notes that leases are being granted, ahead: a row a minute at most, not one a lease. */
  noteLeases(nowMs: number): void {
    if (this.leasedUntil > nowMs + MINUTE_MS / 2) return;
    this.leasedUntil = nowMs + MINUTE_MS;
    this.sql.exec("INSERT OR REPLACE INTO meta VALUES('leased_until', ?)", this.leasedUntil);
  }

  /**
   * When the leases that a former life of this object granted, and which nobody remembers, have run out; 0 where it
   * granted none of late.
   */
  strangersUntilMs(): number {
    this.leasedUntil = this.number("leased_until");
    return this.leasedUntil > this.startedMs ? this.startedMs + LEASE_MS + LEASE_MARGIN_MS : 0;
  }

  private leasedUntil = 0;
}
