/** A piece of work that outlives its request: a strategy's execution or an extraction job. Owned by the TenantObject. */
export type WorkKind = "strategy" | "extract";
export type WorkStatus = "queued" | "running" | "succeeded" | "failed" | "cancelled";

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
  /** What it has stored beside streams, as an upload: counted against the tenant's storage. */
  storedBytes?: number;
}

export interface WorkItem extends Omit<NewWork, "status" | "storedBytes"> {
  status: WorkStatus;
  attempts: number;
  /** JSON, or null before there is one. */
  progress: string | null;
  result: string | null;
  /** JSON of the Failure, or null. */
  error: string | null;
  createdMs: number;
  updatedMs: number;
}

/** How work ends. Ending it twice changes nothing: a redelivered message finds it done. */
export interface WorkOutcome {
  status: "succeeded" | "failed";
  result: string | null;
  error: string | null;
}
