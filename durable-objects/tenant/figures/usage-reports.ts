import { MINUTE_MS, monthOf } from "../../../src/core/clock";
import type { Period } from "../../../src/tenants/metrics/period";
import type { Account } from "../account";
import type { Budgets } from "../admission/budgets";
import type { LeaseBook } from "../admission/lease-book";
import type { StorageLedger } from "../admission/storage-ledger";
import type { Figures } from "./figures";
import type { ModelTokens } from "./model-tokens";

interface Sources {
  account: Account;
  book: LeaseBook;
  budgets: Budgets;
  ledger: StorageLedger;
  figures: Figures;
  modelTokens: ModelTokens;
}

/** What the tenant is told of its use: before an answer, streams are asked what they hold of what was granted. */
export class UsageReports {
  constructor(private readonly of: Sources) {}

  /** What stands now, beside the limits. */
  async usage() {
    const { account, book, budgets, ledger, figures, modelTokens } = this.of;
    const { limits } = await account.load();
    await book.measure();
    return {
      requests: budgets.total("rate", MINUTE_MS),
      strategies: account.number("strategies"),
      jobs: account.number("jobs"),
      concurrent_streams: ledger.concurrent(Date.now()),
      stored_bytes: ledger.storedBytes(),
      accuracy_score: figures.accuracyScore(),
      model_tokens_this_month: modelTokens.used(monthOf(Date.now())),
      limits,
    };
  }

  /** What was counted on some days, and what stands now. */
  async metrics(period: Period) {
    const { account, book, ledger, figures, modelTokens } = this.of;
    const { tier, createdAt } = await account.load();
    await book.measure();
    return {
      counters: await figures.sum(period),
      stored_bytes: ledger.storedBytes(),
      model_tokens_this_month: modelTokens.used(monthOf(Date.now())),
      tier,
      createdMs: createdAt,
    };
  }
}
