export { executions } from "./consumer";
export { executeStrategy } from "./execute";
export { analyticsRoutes } from "./routes";
export { checkSchedule } from "./schedule/check";
export { enqueueDue } from "./schedule/enqueue-due";
export { runAutoProcessing } from "./schedule/run-auto";
export { runSchedule } from "./schedule/run-schedule";
