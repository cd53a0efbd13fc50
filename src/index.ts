import { app } from "./app";
import { handleQueue } from "./queues";
import { handleSchedule } from "./schedules";

export { HubObject } from "../durable-objects/hub/object";
export { StreamObject } from "../durable-objects/stream/object";
export { TenantObject } from "../durable-objects/tenant/object";

export default {
  fetch: app.fetch,
  queue: handleQueue,
  scheduled: (controller, env) => handleSchedule(controller, env),
} satisfies ExportedHandler<Env>;
