export { LinePieces } from "./line-pieces";
export { LineReader } from "./line-reader";
export { type JsonLinesSpec, JsonLinesScanner } from "./scanner";
export { type JsonColumn, type JsonScalar, type JsonTime, type LineForms, TIME, UNUSED } from "./spec";
