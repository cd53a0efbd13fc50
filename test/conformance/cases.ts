import type { TestTenant } from "../support/client";

/** What the other tenant has, made before the walk. */
export interface Made {
  streamId: string;
  executionId: string;
  jobId: string;
}

/** What the suite must know of a route to walk it. Every operation of the OpenAPI document needs its row. */
export interface Case {
  /** The path with the caller's own ids, or null where the route has none. */
  path(own: TestTenant): string;
  /** The same path with something of another tenant's, and the code it must give. */
  foreign?: {
    path(other: TestTenant, made: Made): string;
    code: string;
    /** A right body, where the id is looked at after it. */
    body?: unknown;
  };
  /** Why there is nothing of another tenant's to name. */
  unshared?: string;
  /** A body that is valid JSON and wrong, and the code it must give. */
  wrong?: { body: unknown; code: string };
  /** The cap on the body in bytes; a larger one is 413. */
  maxBytes?: number;
  headers?: Record<string, string>;
}

const own = (suffix: string) => ({
  path: (tenant: TestTenant) => `/api/tenant/${tenant.tenantId}${suffix}`,
  foreign: {
    path: (other: TestTenant) => `/api/tenant/${other.tenantId}${suffix}`,
    code: "tenant_not_found",
  },
});
const at = (path: string) => ({ path: () => path });
const theirs = (kind: "stream", id: (made: Made) => string) => ({
  path: (_: TestTenant, made: Made) => `/api/${kind}/${id(made)}`,
  code: `${kind}_not_found`,
});
const execution = () => ({
  path: (_: TestTenant, made: Made) => `/api/strategy/${made.executionId}`,
  code: "execution_not_found",
});
const NO_SHAPE = "0".repeat(32);
const COMMAND = 1_000_000;
const TREE = 20_000_000;
const emptyObject = { body: {}, code: "invalid_request" };

export const CASES: Record<string, Case> = {
  health: at("/health"),
  healthPost: at("/health"),
  healthDetailed: at("/health/detailed"),
  platformMetrics: at("/metrics"),
  prometheusMetrics: at("/metrics/prometheus"),
  jwks: at("/.well-known/jwks.json"),
  authorize: { ...at("/api/auth"), wrong: emptyObject, maxBytes: COMMAND },
  refresh: { ...at("/api/auth/refresh"), wrong: emptyObject, maxBytes: COMMAND },
  revokeToken: { ...at("/api/auth/revoke"), wrong: emptyObject, maxBytes: COMMAND },
  createTenant: {
    ...at("/api/tenant"),
    wrong: { body: { name: "x", email: "no address" }, code: "invalid_request" },
    maxBytes: COMMAND,
  },
  getTenant: own(""),
  changeTenant: {
    ...own(""),
    wrong: { body: { tier: "enterprise" }, code: "invalid_request" },
    maxBytes: COMMAND,
  },
  changeLimits: {
    ...own("/limits"),
    wrong: { body: { limits: { rate_limit_per_minute: -1 } }, code: "invalid_request" },
    maxBytes: COMMAND,
  },
  getUsage: own("/usage"),
  getMetrics: {
    path: (tenant) => `/api/metrics/${tenant.tenantId}`,
    foreign: { path: (other) => `/api/metrics/${other.tenantId}`, code: "tenant_not_found" },
  },
  getAudit: own("/audit"),
  verifyAudit: own("/audit/verify"),
  eraseTenantData: { ...own("/data?confirm=no") },
  closeTenant: { ...own("?confirm=no") },
  writeStream: { ...at("/api/stream"), wrong: emptyObject, maxBytes: TREE },
  writePoints: {
    ...at("/api/stream/mine/points"),
    unshared: "a stream's name belongs to the tenant who writes it: writing makes one's own",
    wrong: { body: [42], code: "no_valid_rows" },
    maxBytes: TREE,
  },
  deleteStream: { ...at("/api/stream/none"), foreign: theirs("stream", (made) => made.streamId) },
  changeStream: {
    ...at("/api/stream/none"),
    wrong: { body: { retention_days: -1 }, code: "invalid_request" },
    maxBytes: COMMAND,
    foreign: { ...theirs("stream", (made) => made.streamId), body: { description: "mine" } },
  },
  giveFeedback: {
    ...at("/api/stream/none/feedback"),
    foreign: {
      path: (_, made) => `/api/stream/${made.streamId}/feedback`,
      code: "stream_not_found",
      body: { alert_id: "alert_none", expected: true },
    },
    wrong: { body: { expected: true }, code: "invalid_request" },
    maxBytes: COMMAND,
  },
  deleteStreamData: {
    ...at("/api/stream/none/data"),
    foreign: { path: (_, made) => `/api/stream/${made.streamId}/data`, code: "stream_not_found" },
  },
  listStreams: at("/api/stream"),
  describeStream: { ...at("/api/stream/none"), foreign: theirs("stream", (made) => made.streamId) },
  readStream: {
    ...at("/api/stream/none/data"),
    foreign: { path: (_, made) => `/api/stream/${made.streamId}/data`, code: "stream_not_found" },
  },
  followStream: {
    ...at("/api/stream/none/live"),
    foreign: { path: (_, made) => `/api/stream/${made.streamId}/live`, code: "stream_not_found" },
  },
  processData: { ...at("/api/llm/process"), wrong: emptyObject, maxBytes: TREE },
  getJob: {
    ...at("/api/llm/jobs/job_none"),
    foreign: { path: (_, made) => `/api/llm/jobs/${made.jobId}`, code: "job_not_found" },
  },
  listJobs: at("/api/llm/jobs"),
  redriveJob: {
    ...at("/api/llm/jobs/job_none/redrive"),
    foreign: { path: (_, made) => `/api/llm/jobs/${made.jobId}/redrive`, code: "job_not_found" },
  },
  replayJob: {
    ...at("/api/llm/jobs/job_none/replay"),
    foreign: {
      path: (_, made) => `/api/llm/jobs/${made.jobId}/replay`,
      code: "job_not_found",
      body: {
        plan: { version: 1, tables: [{ name: "table", format: "csv", timestamp: null, columns: [] }] },
      },
    },
    wrong: emptyObject,
    maxBytes: COMMAND,
  },
  listPlans: at("/api/llm/plans"),
  getPlan: {
    ...at(`/api/llm/plans/${NO_SHAPE}`),
    unshared: "the shape's id is of the data: the same for every tenant",
  },
  forgetPlan: { ...at(`/api/llm/plans/${NO_SHAPE}`), unshared: "as getPlan" },
  analyzeData: { ...at("/api/llm/analyze"), wrong: emptyObject, maxBytes: COMMAND },
  receiveExternalData: { ...at("/webhooks/external-data"), wrong: emptyObject, maxBytes: TREE },
  listStrategies: at("/api/strategies"),
  executeStrategy: { ...at("/api/strategy"), wrong: emptyObject, maxBytes: COMMAND },
  backtestStrategy: { ...at("/api/strategy/backtest"), wrong: emptyObject, maxBytes: COMMAND },
  listExecutions: at("/api/strategy"),
  getExecution: { ...at("/api/strategy/exec_none"), foreign: execution() },
  redriveExecution: {
    ...at("/api/strategy/exec_none/redrive"),
    foreign: {
      path: (_, made) => `/api/strategy/${made.executionId}/redrive`,
      code: "execution_not_found",
    },
  },
  cancelExecution: { ...at("/api/strategy/exec_none"), foreign: execution() },
  connect: { ...at("/api/ws") },
  issueTicket: at("/api/ws/ticket"),
  listEvents: at("/api/events"),
};
