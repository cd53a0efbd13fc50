export { analysis, answer, schemaOf } from "./answer";
export { type Accounting, type AppliedRow, applyPlan, newAccounting } from "./apply";
export { jobs } from "./consumer";
export { confidenceLevel } from "./infer/confidence";
export { erasePlans } from "./plan-store";
export { processData } from "./process";
export { extractionRoutes } from "./routes";
export { type UnderstandHints, type Understanding, understand, understandTables } from "./understand";
