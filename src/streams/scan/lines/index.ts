export { LinePieces } from "./line-pieces";
export { LineReader } from "./line-reader";
export { JsonLinesScanner, type JsonLinesSpec } from "./scanner";
export { type JsonColumn, type JsonScalar, type JsonTime, type LineForms, TIME, UNUSED } from "./spec";
