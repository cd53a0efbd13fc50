import type { Config } from "../env";
import type { ConfidenceLevels } from "./infer/confidence";

/** What a deployment calls high, medium and too low. */
export const levelsOf = ({
  CONFIDENCE_HIGH,
  CONFIDENCE_MEDIUM,
  CONFIDENCE_LOW,
}: Config): ConfidenceLevels => ({
  high: CONFIDENCE_HIGH,
  medium: CONFIDENCE_MEDIUM,
  low: CONFIDENCE_LOW,
});
