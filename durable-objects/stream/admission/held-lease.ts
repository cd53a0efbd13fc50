import { type Admission, type Grant, type Lease, refusal } from "../../../src/core/admission";
import type { AppError } from "../../../src/core/errors";
import { failed, ok, type Result } from "../../../src/core/result";

/** What a request takes of the rate policy. */
export const tokensOf = ({ operator, requests }: Admission): number => (operator ? 0 : requests);

export interface Want {
  write: boolean;
  /** By which what is stored may grow. */
  bytes: number;
}

/** A lease while it is used: what is left of it, and what it says to a request. */
export class HeldLease {
  tokens: number;
  private readonly revoked: ReadonlySet<string>;
  /** The size when the lease came, and what was promised since. */
  private readonly sizeBefore: number;
  private promised = 0;

  /** `asked`: the tokens for which `lease.revoked` speaks where it is not complete. */
  constructor(
    readonly lease: Lease,
    readonly untilMs: number,
    private readonly asked: ReadonlySet<string>,
    private readonly storedBytes: () => number,
  ) {
    this.tokens = lease.tokens;
    this.revoked = new Set(lease.revoked.tokenIds);
    this.sizeBefore = storedBytes();
  }

  /** What the lease says to a request; null: a newer lease must say it. `final`: this lease was asked for with the request. */
  decide(admission: Admission, want: Want, final: boolean): Result<Grant> | null {
    const { lease } = this;
    if (admission.epoch !== null && admission.epoch !== lease.epoch)
      return admission.epoch < lease.epoch ? no(refusal.erased()) : null;
    if (!lease.active && !admission.operator) return no(refusal.closed());
    if (this.revoked.has(admission.tokenId)) return no(refusal.revoked());
    if (!lease.revoked.complete && !this.asked.has(admission.tokenId)) return null;
    const tokens = tokensOf(admission);
    if (tokens > this.tokens)
      return final ? no(refusal.rate(lease.rate.limit, lease.retryAfterSeconds)) : null;
    const refused = want.write ? this.refusedWrite(want.bytes) : null;
    if (refused && !final) return null;
    // A request whose write is refused is a request all the same.
    this.tokens -= tokens;
    if (refused) return no(refused);
    if (want.write) this.promised += want.bytes;
    const { epoch, region, corsOrigins, rate } = lease;
    return ok({ epoch, region, corsOrigins, rate: { ...rate, remaining: rate.remaining + this.tokens } });
  }

  /** Room to grow. What was promised and is not seen in the size yet counts: it is being written. */
  room(): number {
    const size = this.storedBytes();
    const unseen = Math.max(0, this.promised - Math.max(0, size - this.sizeBefore));
    return this.lease.bytesUpTo - size - unseen;
  }

  private refusedWrite(bytes: number): AppError | null {
    const { write, quotas } = this.lease;
    if (write === "streams") return refusal.streams(quotas.streams);
    return write === "granted" && bytes <= this.room() ? null : refusal.storage(quotas.storageMb);
  }
}

const no = (error: AppError): Result<Grant> => failed(error.failure);
