export { type AutoEts, type AutoEtsOptions, autoEts, DEFAULT_AUTO_ETS } from "./auto";
export { fitEts } from "./fit";
export type { EtsModel, EtsParameters, EtsStates } from "./model";
export type { EtsSpec } from "./spec";
