import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const workers = cloudflareTest(async () => ({
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

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [workers],
        test: {
          name: "workers",
          include: ["test/**/*.test.ts"],
          setupFiles: ["./test/support/setup.ts"],
          testTimeout: 20_000,
        },
      },
      // Scripts, which start processes: each takes seconds on a busy machine.
      { test: { name: "node", include: ["test/node/**/*.test.mjs"], testTimeout: 60_000 } },
    ],
  },
});
