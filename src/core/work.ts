/** A piece of work that outlives its request: a strategy's execution, a backtest or an extraction job. Owned by the TenantObject. */
export type WorkKind = "strategy" | "backtest" | "extract";
/** Kinds that run a strategy: they share the hourly quota and the ids under `/api/strategy`. */
export const EXECUTION_KINDS = ["strategy", "backtest"] as const satisfies readonly WorkKind[];
/** A kind, or any of several. */
export type WorkKinds = WorkKind | readonly WorkKind[];
export const isExecution = (kind: WorkKind): boolean =>
  EXECUTION_KINDS.some((execution) => execution === kind);
export const WORK_STATUSES = ["queued", "running", "succeeded", "failed", "cancelled"] as const;
export type WorkStatus = (typeof WORK_STATUSES)[number];

/** The queues that work waits in, split by how long it takes and how far apart it is tried again. */
export const WORK_QUEUES = ["analyze", "extract"] as const;
export type WorkQueue = (typeof WORK_QUEUES)[number];

/** How a kind of work is done: where it waits, how often it is begun without getting further, and the pause before the second try (doubled after). */
interface WorkRules {
  queue: WorkQueue;
  attempts: number;
  retryMs: number;
  /** Pieces that wait or run, where that is fewer than of all kinds together. */
  open?: number;
  /** Whether its request is kept when it has ended: what it did can be done again in another way. */
  keepsRequest?: boolean;
}

export const WORK_RULES: Record<WorkKind, WorkRules> = {
  strategy: { queue: "analyze", attempts: 3, retryMs: 2_000 },
  // Each that has begun keeps up to 2 MB until it ends.
  backtest: { queue: "analyze", attempts: 4, retryMs: 2_000, open: 100 },
  // What breaks a load is more often a part that does not answer than our code: worth waiting for.
  // Rows that a plan could not read are read again under another: the request says where the upload is.
  extract: { queue: "extract", attempts: 4, retryMs: 15_000, keepsRequest: true },
};

export const WORK_LIMITS = {
  /** Who does work holds it this long, longer with each progress; after that it has died, and another may take it. */
  leaseMs: 60_000,
  /** Longest pause before another try that whoever was asked for data may ask for. */
  askedPauseMs: 15 * 60_000,
  /** Messages of a tenant under way in one queue, and so pieces of it in flight: others' come between them. */
  turns: 4,
  /** Work units that one message does before its tenant queues up again: with all turns four tenths of a second. */
  sliceUnits: 100_000,
  /** What a piece costs beside its own units: fetched, read, stored. */
  overheadUnits: 5_000,
  /** Pieces that wait or run, and characters of their requests: more are refused until some have ended. */
  open: 10_000,
  openChars: 500_000_000,
  /** Of one request: a call between objects takes 32 MB, and what is asked comes back beside its result. */
  requestChars: 4_000_000,
  /** Ended pieces are kept for 30 days, the newest 10,000, and 1 GB of them at most: an object holds 10. */
  keptMs: 30 * 86_400_000,
  kept: 10_000,
  keptChars: 1_000_000_000,
} as const;

export interface NewWork {
  id: string;
  kind: WorkKind;
  /** JSON: what a consumer needs to do it again from nothing. */
  request: string;
  /** "running" when its own request does it, under a lease of a minute; "queued" for a consumer. */
  status: "queued" | "running";
  streamId: string | null;
  strategyId: string | null;
  traceparent: string;
  /** What it reads in R2, kept as long as it is: the bytes that it has stored there count against the tenant's storage. */
  upload?: { key: string; storedBytes: number };
}

/** The upload of work that stores it itself, and what its request is now that it is there. */
export interface FilledUpload {
  upload: NonNullable<NewWork["upload"]>;
  /** JSON. */
  request: string;
  streamId: string;
}

/** A piece of work in a list: without its request and what it found, which can be large. */
export interface WorkSummary extends Omit<NewWork, "status" | "upload" | "request"> {
  status: WorkStatus;
  /** How often it was begun since it last got further. */
  attempts: number;
  /** JSON, or null before there is one: where it is, and in short what it found. */
  progress: string | null;
  summary: string | null;
  /** JSON of the Failure, or null. */
  error: string | null;
  createdMs: number;
  updatedMs: number;
}

export interface WorkItem extends WorkSummary {
  /** Which claim of it is the last: 0 before the first, and each has a greater number than those before. */
  claim: number;
  /** Empty where it has ended, unless it can be redriven or its kind keeps it. */
  request: string;
  /** JSON, or null before there is one. */
  result: string | null;
}

/**
 * A piece in the hands of who claimed it. It goes with all that they store, as a fencing token (Kleppmann 2016, "How to do
 * distributed locking"): once the piece was given back, ended or claimed by another, what they come with changes nothing.
 */
export type WorkClaim = Pick<WorkItem, "id" | "claim">;

/** What a call sends of a piece that may be large. */
export const claimOf = ({ id, claim }: WorkClaim): WorkClaim => ({ id, claim });

/** The memory that one call of a kernel may use: its arena (wasm/README.md). */
export const KERNEL_BYTES = 32 * 1_048_576;

/** What work cost: of an execution that is what it was planned to take, which it may not pass. */
export interface WorkCost {
  /** Work units, about a microsecond of CPU each. */
  units: number;
  /** The most memory that one call of a kernel used. */
  kernelBytes: number;
}

/** What work under way has found so far, so that whoever goes on with it can go on from there. */
export interface WorkCheckpoint {
  /** JSON, the same for the same findings: only where it is another one has the work got further. Of {@link CHECKPOINT_BYTES} at most. */
  state: string;
  /** JSON. */
  progress: string;
  /** Leaves the rest to whoever claims it next. */
  release: boolean;
  /** What it cost since the checkpoint before; absent: it is not counted. */
  cost?: WorkCost;
}

/** A row of an object's storage holds 2 MB. */
export const CHECKPOINT_BYTES = 1_900_000;

/** How work ends. Ending it twice changes nothing: a redelivered message finds it done. */
export interface WorkOutcome {
  status: "succeeded" | "failed";
  result: string | null;
  /** JSON: where it is now that it has ended; absent: where it was last. */
  progress?: string;
  /** What a list shows of the result; absent: nothing. */
  summary?: string | null;
  error: string | null;
  /** What it cost since the last checkpoint; absent: it is not counted. */
  cost?: WorkCost;
}

/** Says that a tenant has work in this queue. A turn is taken once, however often its message arrives. */
export interface TurnMessage {
  kind: "work";
  tenant_id: string;
  turn: number;
}
