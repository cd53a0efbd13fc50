import { globSync } from "node:fs";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const inWorkerd = () =>
  cloudflareTest(async () => ({
    wrangler: { configPath: "./wrangler.toml" },
    remoteBindings: false,
    miniflare: {
      bindings: {
        TEST_MIGRATIONS: await readD1Migrations("./migrations"),
        ENVIRONMENT: "development",
        SIGNUP: "open",
        MASTER_KEY: "dGVzdC1tYXN0ZXIta2V5LW9mLTMyLWJ5dGVzLWxvbmc=",
        OPERATOR_TOKEN: "test-operator-token-0123456789abcdef",
      },
      // What a test does not answer itself lands here, never on the network.
      outboundService: () => new Response("blocked", { status: 599 }),
    },
  }));

const BOUND = ["test/analytics/schedule/**", "test/backtest/queued.test.ts", "test/backtest/request.test.ts"];
/** Tests that use no binding. They share a Worker, which is several times as fast. */
const pure = globSync(
  [
    "test/{analytics,extraction,golden,backtest}/**/*.test.ts",
    "test/streams/{accuracy,block,engine,live,query}/**/*.test.ts",
  ],
  { exclude: BOUND },
);

export default defineConfig({
  test: {
    // A worker a core: what is left of one by the runner itself is little, for the tests run in workerd.
    maxWorkers: "100%",
    projects: [
      {
        plugins: [inWorkerd()],
        test: { name: "pure", include: pure, isolate: false, testTimeout: 20_000 },
      },
      {
        plugins: [inWorkerd()],
        test: {
          name: "bound",
          include: ["test/**/*.test.ts"],
          exclude: pure,
          setupFiles: ["./test/support/setup.ts"],
          testTimeout: 20_000,
        },
      },
      // Scripts, which start processes: each takes seconds on a busy machine.
      { test: { name: "node", include: ["test/node/**/*.test.mjs"], testTimeout: 60_000 } },
    ],
  },
});
