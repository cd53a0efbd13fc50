import { expect, it } from "vitest";
import { openApiDocument } from "../../src/app";

type Documented = { operationId: string; parameters?: { name: string; in: string; required?: boolean }[] };

const operations = Object.values(openApiDocument().paths ?? {}).flatMap((item) =>
  Object.values(item as Record<string, Documented>),
);
const headersOf = (id: string) =>
  operations
    .find(({ operationId }) => operationId === id)!
    .parameters?.flatMap((one) => (one.in === "header" && !one.required ? one.name : []))
    .sort();

it.each(["processData", "replayJob", "receiveExternalData", "executeStrategy", "backtestStrategy"])(
  "the document names the headers that %s reads",
  (id) => {
    expect(headersOf(id)).toEqual(["Idempotency-Key", "Prefer"]);
  },
);
