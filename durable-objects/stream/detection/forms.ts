// Stands in until the detector has these of its own.
import type {
  Kind,
  StreamingDetector,
  StreamingVerdict,
} from "../../../src/analytics/detection/streaming/detector";

export { createState } from "../../../src/analytics/detection/streaming/detector";
export type { Form } from "../../../src/analytics/detection/streaming/layout";
export const silenceFrom = (_state: Float64Array): number | null => null;
export const accept = (
  _detector: StreamingDetector,
  _reading: { timeMicros: number; kind: Kind; value: number },
): void => {};
export const noteSilence = (_detector: StreamingDetector, _nowMicros: number): StreamingVerdict | null =>
  null;
