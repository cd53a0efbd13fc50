import { holderStub } from "../../src/platform/leases";
import { Account } from "./account";
import { Admission } from "./admission/admission";
import { Budgets } from "./admission/budgets";
import { LeaseBook } from "./admission/lease-book";
import { StorageLedger } from "./admission/storage-ledger";
import { AuditLog } from "./audit-log";
import { DataKeys } from "./data-keys";
import { Figures } from "./figures/figures";
import { ModelTokens } from "./figures/model-tokens";
import { PlatformTotals } from "./figures/platform-totals";
import { UsageReports } from "./figures/usage-reports";
import { Idempotency } from "./idempotency";
import { RefreshFamilies } from "./tokens/refresh-families";
import { Tokens } from "./tokens/tokens";
import { WorkDesk } from "./work/desk";
import { TenantWork } from "./work/tenant-work";

/** What the parts of a tenant's object ask of the object itself. */
export interface TenantHost {
  env: Env;
  storage: DurableObjectStorage;
  tenantId(): string;
  /** The alarm may have to ring earlier than it was to. */
  arm(): Promise<void>;
  /** Keeps the object alive until this is done; nobody waits for it. */
  behind(work: Promise<unknown>): void;
}

/** What a tenant's object is made of, and who knows whom. A part holds one table or two. */
export function tenantParts({ env, storage, tenantId, arm, behind }: TenantHost) {
  const { sql } = storage;
  const clock = { now: () => Date.now(), wait: (ms: number) => scheduler.wait(ms) };
  const holderOf = (holder: Parameters<typeof holderStub>[2]) =>
    holderStub(env, tenantId(), holder, account.known().region);

  const account = new Account(env, sql, tenantId);
  const log = new AuditLog(sql);
  const budgets = new Budgets(sql);
  const ledger = new StorageLedger(sql);
  const families = new RefreshFamilies(sql);
  const book = new LeaseBook(
    {
      ...{ budgets, ledger, ...clock },
      terms: () => account.terms(),
      revoked: (asked) => families.revokedTokens(Date.now(), asked),
      recall: (holder, id) => holderOf(holder).recall({ id }),
    },
    account.strangersUntilMs(),
  );
  const figures = new Figures(sql, {
    ...{ ledger, ...clock },
    epoch: () => account.epoch(),
    ask: (holder) => holderOf(holder).written(),
    changed: () => {
      totals.changed(Date.now());
      behind(arm());
    },
  });
  const totals = new PlatformTotals(env, sql, tenantId, () => figures.totals());
  const modelTokens = new ModelTokens(sql, (counters) => figures.add(counters));
  const desk = new WorkDesk(
    env,
    storage,
    tenantId,
    () => account.nextMark(Date.now()),
    (storedBytes) => ledger.dropUploads(storedBytes),
  );
  return {
    ...{ account, log, ledger, book, figures, totals, modelTokens, desk },
    idempotency: new Idempotency(sql),
    keys: new DataKeys(sql),
    admission: new Admission(account, families, book),
    tokens: new Tokens(account, families, book, log),
    reports: new UsageReports({ account, budgets, book, ledger, figures, modelTokens }),
    work: new TenantWork({ desk, account, budgets, book, ledger, figures, log, arm, behind }),
  };
}

export type TenantParts = ReturnType<typeof tenantParts>;
