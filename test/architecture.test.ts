import { describe, expect, it } from "vitest";

/**
 * Holds the direction of imports (ARCHITECTURE.md). It reads import statements as text: it does not see a dynamic
 * import with a computed path, and takes the layer of a file from its name.
 */
const sources = import.meta.glob<string>(["../src/**/*.ts", "../durable-objects/**/*.ts"], {
  query: "?raw",
  import: "default",
  eager: true,
});

const FEATURES = [
  "audit",
  "tenants",
  "auth",
  "streams",
  "analytics",
  "extraction",
  "backtest",
  "alerts",
  "notifications",
  "ops",
];

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

const imports: Import[] = Object.entries(sources).flatMap(([path, text]) => {
  const from = path.replace(/^\.\.\//, "");
  return [...text.matchAll(/^(import|export) (type )?[^;]*?from "(\.[^"]+)"/gms)].map((match) => ({
    from,
    to: resolve(from, match[3]!),
    typeOnly: match[2] !== undefined,
  }));
});

function resolve(from: string, specifier: string): string {
  const parts = from.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

const featureOf = (path: string): string | null => {
  const [root, folder] = path.split("/");
  return root === "src" && FEATURES.includes(folder!) ? folder! : null;
};
const inside = (folder: string) => (path: string) => path.startsWith(`src/${folder}/`);
const shown = (list: Import[]) => list.map(({ from, to }) => `${from} -> ${to}`);

describe("imports", () => {
  it("were found at all", () => {
    expect(imports.length).toBeGreaterThan(100);
  });

  it("load the clients of language models where one is called, and not with the Worker", () => {
    const clients = Object.entries(sources).flatMap(([path, text]) =>
      /^import (?!type )[^;]*? from "(ai|@ai-sdk\/[^"]+|workers-ai-provider)"/m.test(text)
        ? [path.replace(/^\.\.\/(.*)\.ts$/, "$1")]
        : [],
    );
    expect(clients).toHaveLength(5);
    expect(imports.filter(({ to }) => clients.includes(to))).toEqual([]);
  });

  it("of core stay in core", () => {
    expect(shown(imports.filter(({ from, to }) => inside("core")(from) && !inside("core")(to)))).toEqual([]);
  });

  it("of the platform reach no feature", () => {
    expect(
      shown(imports.filter(({ from, to }) => inside("platform")(from) && featureOf(to) !== null)),
    ).toEqual([]);
  });

  it("of a contract reach core and other contracts only", () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        /^src\/[a-z]+\/contract\.ts$/.test(from) && !inside("core")(to) && !to.endsWith("/contract"),
    );
    expect(shown(wrong)).toEqual([]);
  });

  it("enter another feature by its contract or its front door only", () => {
    const wrong = imports.filter(({ from, to }) => {
      const target = featureOf(to);
      if (target === null || target === featureOf(from)) return false;
      const door = [`src/${target}`, `src/${target}/index`, `src/${target}/contract`];
      return from.startsWith("src/") && !door.includes(to);
    });
    expect(shown(wrong.filter(({ from }) => featureOf(from) !== null || from === "src/app.ts"))).toEqual([]);
  });

  it("reach object classes only from the entry", () => {
    const wrong = imports.filter(
      ({ from, to, typeOnly }) =>
        from.startsWith("src/") && to.startsWith("durable-objects/") && from !== "src/index.ts" && !typeOnly,
    );
    expect(shown(wrong)).toEqual([]);
  });

  it("of WebAssembly memory stay in the kernel binding", () => {
    const wrong = Object.entries(sources).filter(
      ([path, text]) => /from "[^"]+\.wasm"/.test(text) && !path.startsWith("../src/analytics/kernel/"),
    );
    expect(wrong.map(([path]) => path)).toEqual([]);
  });
});

describe("the deployment", () => {
  it("asks the Worker, and not the assets, for every path that an endpoint has", () => {
    const [config] = Object.values(
      import.meta.glob<string>(["../wrangler.toml"], { query: "?raw", import: "default", eager: true }),
    );
    const list = /^run_worker_first = \[([^\]]*)\]/m.exec(config!)![1]!;
    const patterns = [...list.matchAll(/"([^"]+)"/g)].map(([, pattern]) => pattern!);
    const paths = Object.values(sources).flatMap((text) =>
      [...text.matchAll(/^\s+path: "(\/[^"]*)"/gm)].map(([, path]) => path!),
    );
    expect(paths.length).toBeGreaterThan(40);
    const isAsked = (path: string) =>
      patterns.some((pattern) =>
        pattern.endsWith("/*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern,
      );
    expect(paths.filter((path) => !isAsked(path))).toEqual([]);
  });
});
