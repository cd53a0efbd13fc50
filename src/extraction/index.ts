export { analysis, answer, schemaOf } from "./answer";
export { type Accounting, type AppliedRow, applyPlan, newAccounting } from "./apply";
export { confidenceLevel } from "./infer/confidence";
export { type UnderstandHints, type Understanding, understand } from "./understand";
