/** Units as they are written after a number, in brackets behind a name, or in a row of their own. */
const UNITS = new Set(
  (
    "°C °F K ℃ ℉ degC degF C F %RH % ‰ Pa hPa kPa MPa bar mbar psi mmHg inHg Torr Hz kHz MHz GHz rpm RPM " +
    "V mV kV A mA µA uA W kW MW GW mW Wh kWh MWh GWh J kJ MJ VA kVA var Ω ohm kΩ dB dBm dBA " +
    "m cm mm µm um nm km mi ft in yd nmi s sec secs ms µs us ns min mins h hr hrs hour hours d day days wk yr yrs " +
    "g kg mg µg ug t lb lbs oz l L ml mL µl gal m2 m² m3 m³ km2 km² ha ppm ppb ppt pH lux lx lm cd " +
    "m/s km/h kph mph kn kt knots ft/s mm/h mm/day l/min L/min l/s m3/h m³/h m3/s g/m3 µg/m³ ug/m3 µg/m3 mg/m3 mg/L mg/l " +
    "mol mmol µmol umol nmol ng pg dL mg/dL mg/dl mmol/L mmol/l bpm g/l g/L W/m2 W/m² kWh/m2 J/m2 N kN Nm B kB KB MB GB TB KiB MiB GiB bytes bit bits Mbps Gbps kbps " +
    "B/s kB/s MB/s req/s rps ops/s IOPS USD EUR GBP JPY CHF CAD AUD $ € £ ¥ US$ deg ° rad °/s g/s kg/h kg/m3 kg/m³ NTU FNU µS/cm uS/cm mS/cm"
  ).split(" "),
);
// A single letter is another unit in the other case: m and M, k and K.
const LOWER = new Map([...UNITS].filter((unit) => unit.length > 1).map((unit) => [unit.toLowerCase(), unit]));
const WORDS = new Map(
  Object.entries({
    celsius: "°C",
    fahrenheit: "°F",
    kelvin: "K",
    percent: "%",
    percentage: "%",
    dollars: "USD",
    euros: "EUR",
    seconds: "s",
    second: "s",
    milliseconds: "ms",
    minutes: "min",
    meters: "m",
    metres: "m",
    kilometers: "km",
    miles: "mi",
    volts: "V",
    amps: "A",
    watts: "W",
    volt: "V",
    ampere: "A",
    watt: "W",
    pascal: "Pa",
    prozent: "%",
    "deg c": "°C",
    "grad c": "°C",
    "deg f": "°F",
    "degrees celsius": "°C",
    "degrees fahrenheit": "°F",
    "grad celsius": "°C",
    degrees: "°",
    degree: "°",
    grad: "°",
    usec: "µs",
    msec: "ms",
  }),
);

/** The unit that a piece of text is, or null. Case matters only where two units differ by it. */
export function asUnit(text: string): string | null {
  const clean = text.trim().replace(/μ/g, "µ").replaceAll("^", "");
  if (clean.length === 0 || clean.length > 20) return null;
  if (UNITS.has(clean)) return clean;
  const known = LOWER.get(clean.toLowerCase()) ?? WORDS.get(clean.toLowerCase());
  return known ?? (isRatio(clean) || isProduct(clean) ? clean : null);
}

/** What stands in brackets, where a cell is nothing but a unit in brackets. */
export const bareUnit = (text: string): string => text.trim().replace(/^[([](.*)[)\]]$/, "$1");

/** EUR/MWh: one unit for another. Of single letters both may be anything ("N/A", "W/L"). */
function isRatio(text: string): boolean {
  const [measure, per, ...more] = text.split("/");
  if (!measure || !per || more.length > 0 || measure.length + per.length < 3) return false;
  return asUnit(measure) !== null && asUnit(per) !== null;
}

/** "W m-2", "µmol m-2 s-1", "kg+1m-1s-2": units with their powers, of which at least one is written. */
function isProduct(text: string): boolean {
  if (!/[a-zA-Z°µ%][-+]?\d/.test(text) || /^\d/.test(text)) return false;
  const parts = text.replace(/([-+]?\d)(?=[a-zA-Zµ])/g, "$1 ").split(/[\s.·*]+/);
  return parts.length >= 2 && parts.every((part) => UNITS.has(part.replace(/[-+]?\d$/, "")));
}

// Units that end a name in words: those that mean nothing else there ("min" is as often a minimum).
const IN_NAMES = new Map(
  (
    "usd eur gbp jpy chf kg km cm mm kwh mwh gwh kw ms sec secs seconds minutes hours pct percent percentage celsius fahrenheit kelvin " +
    "degc degf hpa kpa mph kmh kph knots lbs ppm ppb bytes kb mb gb bpm rpm volts amps watts meters metres kilometers miles"
  )
    .split(" ")
    .map((word) => [word, asUnit(word === "kmh" ? "km/h" : word === "pct" ? "%" : word)] as const),
);

const PRESSED = /^(?:pressure|baro\w*|altimeter|m?slp|stp)$/;

/** "price_usd" and "Speed in knots" say their unit in the last word; null where no unit is said. */
export function unitInName(name: string): string | null {
  if (name.length > 256) return null;
  const words = name.toLowerCase().split(/[\s_.-]+/);
  const last = words.at(-1)!;
  if (words.length < 2) return null;
  // What is pressed upon is no memory.
  return last === "mb" && words.some((word) => PRESSED.test(word)) ? "mbar" : (IN_NAMES.get(last) ?? null);
}

/** "Temp (°C)" is Temp in °C. A bracket that holds no unit belongs to the name. */
export function splitUnit(header: string): { name: string; unit: string | null } {
  if (header.length > 256) return { name: header, unit: null };
  const match = /^([^([]*[^([\s])\s*[([]\s*([^()[\]]{1,16})\s*[)\]]$/.exec(header.trim());
  const unit = match ? asUnit(match[2]!) : null;
  return match && unit ? { name: match[1]!.trim(), unit } : { name: header, unit: null };
}

/** "23.5 °C" is "23.5" in °C; null where no known unit follows a number. */
export function splitMeasured(text: string): { number: string; unit: string } | null {
  if (text.length > 48 || !/\d/.test(text) || /^[A-Za-z]/.test(text)) return null;
  const match = /^([^\p{L}°%]*\d[\d.,]*)\s?([^\d\s][^\s]{0,11})$/u.exec(text.trim());
  const unit = match ? asUnit(match[2]!) : null;
  return match && unit ? { number: match[1]!, unit } : null;
}
