import { endpoint, type Router } from "../platform/http/endpoint";
import { PREFER_HEADER, parsePrefer } from "../platform/prefer";
import { backtestAcceptedSchema, backtestAnswerSchema } from "./answer-schema";
import { backtestStrategy } from "./execute";
import { backtestSchema } from "./request";

export function backtestRoutes(router: Router): void {
  endpoint(
    router,
    {
      method: "post",
      path: "/api/strategy/backtest",
      operationId: "backtestStrategy",
      tag: "Strategies",
      summary: "Test a strategy on the past",
      description:
        "Walk-forward: at each step the strategy is given what was known then, and its signal is acted on a step later. Without a stream or field: as in `POST /api/strategy`; of several series the one with the most points. What is not done within `Prefer: wait=N`, or with `respond-async`, is answered 202 and goes on by itself; `GET /api/strategy/{execution_id}` tells how far it is.",
      access: "strategy:execute",
      body: backtestSchema,
      idempotent: true,
      headers: PREFER_HEADER,
      responses: {
        200: { description: "What the strategy would have earned", schema: backtestAnswerSchema },
        202: {
          description: "Queued; Location names where the result will be",
          schema: backtestAcceptedSchema,
        },
      },
    },
    async (ctx, { body, raw }) => backtestStrategy(ctx, body, parsePrefer(raw.headers.get("prefer"))),
  );
}
