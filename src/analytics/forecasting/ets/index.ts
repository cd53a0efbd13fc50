export { type AutoEts, type AutoEtsOptions, autoEts, DEFAULT_AUTO_ETS } from "./auto";
export type { EtsCombination } from "./combination";
export { type EtsEstimation, fitEts } from "./fit";
export type { EtsModel, EtsParameters, EtsStates } from "./model";
export type { EtsSpec } from "./spec";
