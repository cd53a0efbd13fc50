import { hasBegun } from "./beginning";
import { quietReadings } from "./incident";
import { Head } from "./layout";
import { SETTINGS, type Settings } from "./settings";

const WEEK_MICROS = 7 * 86_400_000_000;
/** The channels look at the same errors: they alarm about as often as so many independent ones would. */
const INDEPENDENT_CHANNELS = 4;

/**
 * Alarms that a week of healthy readings is expected to raise at the series' sampling step: what the alert level means
 * to whoever reads the alerts, within a factor of five. Null while the step is not known.
 */
export function expectedFalseAlarmsPerWeek(
  state: Float64Array,
  settings: Settings = SETTINGS,
): number | null {
  if (!hasBegun(state)) return null;
  const share = INDEPENDENT_CHANNELS * 10 ** -settings.alertSurprise;
  const readings = WEEK_MICROS / state[Head.step]!;
  // While it is quiet after an alarm there is hardly another.
  return (readings * share) / (1 + share * quietReadings(state, settings));
}
