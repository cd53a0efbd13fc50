import type { Runner } from "../platform/turn";
import { executeClaimed } from "./execute";

/** Executions as the queue's consumer does them. Nothing is told where one is given up: an event is a result. */
export const executions: Runner = { run: executeClaimed };
