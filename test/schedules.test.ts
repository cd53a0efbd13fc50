import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { handleSchedule } from "../src/schedules";

const [config] = Object.values(
  import.meta.glob<string>(["../wrangler.toml"], { query: "?raw", import: "default", eager: true }),
);
const crons = [.../^crons = \[(.*)\]$/m.exec(config!)![1]!.matchAll(/"([^"]+)"/g)].map(([, cron]) => cron!);

it("has a job for every cron of the deployment, and none for another", async () => {
  expect(crons).toContain("*/5 * * * *");
  for (const cron of crons) await handleSchedule({ cron, scheduledTime: 0 }, env);
  await expect(handleSchedule({ cron: "* * * * *", scheduledTime: 0 }, env)).rejects.toThrow("no job");
});
