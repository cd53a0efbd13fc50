import type { DetectedType } from "../contract";
import { nameWords } from "./names";

export interface TypeEvidence {
  names: readonly string[];
  units: readonly string[];
  description: string;
  timed: boolean;
  hasValues: boolean;
  isText: boolean;
}

const setOf = (text: string): ReadonlySet<string> => new Set(text.split(" "));

// Words count once each; what stands in the names counts double what stands in a description.
const WORDS: readonly (readonly [DetectedType, ReadonlySet<string>])[] = [
  [
    "financial_data",
    setOf(
      "price prices open high low close adj adjusted ohlc ohlcv volume ticker symbol stock stocks share shares bid ask trade trades trading exchange portfolio dividend yield currency fx forex crypto bitcoin btc market rate interest bond nav return returns aapl msft mavg balance debit credit financial finance spread",
    ),
  ],
  [
    "sensor_data",
    setOf(
      "temperature temp humidity pressure vibration rpm voltage sensor sensors device motor machine co2 ppm accelerometer gyro altitude wind rain rainfall precipitation snow weather station reading readings iot speed flow level moisture ph acceleration torque lux dewpoint visibility ozone pm25 pm10 aqi factory equipment telemetry battery",
    ),
  ],
  [
    "sales_data",
    setOf(
      "sales sale revenue quantity qty order orders customer customers invoice amount supplier product products merchant discount profit purchase purchases spend spending expense cost units sku store item items transaction transactions payment vendor department retail",
    ),
  ],
  [
    "web_traffic",
    setOf(
      "visits visit visitors pageviews pageview sessions session clicks impressions ctr bounce referrer url useragent users hits request requests page views traffic conversions browser",
    ),
  ],
  [
    "log_data",
    setOf(
      "level message msg severity logger log logs loglevel pid hostname thread component exception stacktrace error errors",
    ),
  ],
  [
    "social_media",
    setOf(
      "tweet tweets retweets likes followers hashtag hashtags mentions sentiment post posts comment comments shares social media brand",
    ),
  ],
  [
    "energy_data",
    setOf(
      "kwh mwh energy power consumption load generation solar watt watts electricity grid gas meter demand production",
    ),
  ],
  [
    "health_data",
    setOf(
      "patient patients heart heartrate bpm pulse glucose blood systolic diastolic spo2 steps sleep calories deaths cases hospital vaccination vaccinations covid disease mortality diagnosis",
    ),
  ],
];

const SENSOR_UNITS =
  /^(?:°C|°F|K|%RH|Pa|hPa|kPa|bar|mbar|psi|Hz|kHz|rpm|RPM|V|mV|A|mA|m\/s|km\/h|ppm|ppb|lux|mm|µg\/m³|dB)$/;
const ENERGY_UNITS = /^(?:[kMG]?Wh?)$/;
const MONEY_UNITS = /^(?:\$|€|£|¥|USD|EUR|GBP|JPY|US\$)$/;

/** What the data are about, by the words of their names, their units and what was said of them; and how clearly. */
export function detectType(evidence: TypeEvidence): { type: DetectedType; clarity: number } {
  if (evidence.isText) return { type: "text_data", clarity: 0.5 };
  const named = new Set(evidence.names.flatMap(nameWords));
  const told = new Set(nameWords(evidence.description.slice(0, 2_000)));
  const scores = new Map<DetectedType, number>();
  const add = (type: DetectedType, weight: number) => scores.set(type, (scores.get(type) ?? 0) + weight);
  for (const [type, words] of WORDS) {
    for (const word of named) if (words.has(word)) add(type, 2);
    for (const word of told) if (words.has(word)) add(type, 1);
  }
  for (const unit of new Set(evidence.units)) {
    if (SENSOR_UNITS.test(unit)) add("sensor_data", 1.5);
    if (ENERGY_UNITS.test(unit)) add("energy_data", 1.5);
    if (MONEY_UNITS.test(unit)) add("sales_data", 0.5);
  }
  if (["open", "high", "low", "close"].filter((word) => named.has(word)).length >= 3)
    add("financial_data", 6);
  if (named.has("text") && (named.has("user") || named.has("sentiment"))) add("social_media", 4);
  if ((named.has("level") || named.has("severity")) && (named.has("message") || named.has("msg")))
    add("log_data", 6);
  const [best, second] = [...scores].sort((a, b) => b[1] - a[1]);
  // One word of a name is enough for prices and temperatures; "post" or "gas" alone says little.
  const enough =
    best && (best[0] === "financial_data" || best[0] === "sensor_data" || best[0] === "sales_data") ? 2 : 4;
  if (best && best[1] >= enough && best[1] > (second?.[1] ?? 0))
    return { type: best[0], clarity: best[1] >= 4 ? 0.95 : 0.8 };
  if (evidence.timed && evidence.hasValues) return { type: "generic_time_series", clarity: 0.7 };
  return { type: "tabular_data", clarity: 0.7 };
}
