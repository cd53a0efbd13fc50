import { monthOf } from "../../src/core/clock";
import type { Actor } from "./audit-log";
import type { TenantParts } from "./parts";

/**
 * Executions, jobs, answers kept and the usage of streams go, and the keys are destroyed; the audit chain stays, and says
 * so. Gives how many pieces of work went.
 */
export async function eraseOwn(
  parts: TenantParts,
  tenantId: string,
  actor: Actor,
): Promise<{ work: number }> {
  const { desk, idempotency, ledger, book, figures, totals, modelTokens, keys, log } = parts;
  const work = await desk.erase();
  idempotency.erase();
  // A lease that has not run out may be at work for the tenant anew.
  ledger.erase(book.live());
  figures.erase();
  totals.erase();
  modelTokens.erase(monthOf(Date.now()));
  keys.destroy();
  log.destroyKey();
  log.note(actor, "tenant.data_erased", tenantId);
  return { work };
}
