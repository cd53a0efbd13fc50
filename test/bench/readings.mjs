import { workbookOfReadings } from "./workbook-of-readings.mjs";

const SENSORS = 20;

/**
 * In the workbook of `xlsx-distinct` every row has a text of its own; `json` is a list of small objects. `log` has messages
 * and now and then a trace below one, `log-syslog` times without a year, `log-readings` named readings in each line.
 */
export const KINDS = [
  "csv",
  "ndjson",
  "log",
  "log-syslog",
  "log-readings",
  "json",
  "json-columns",
  "json-lists",
  "xlsx",
  "xlsx-distinct",
];

/** `{ blob, rows }`: a file of readings, of about `bytes` bytes of text or `rows` rows of a workbook. */
export function dataOf(kind, { bytes, rows }) {
  if (kind.startsWith("xlsx"))
    return { blob: workbookOfReadings({ rows, distinct: kind === "xlsx-distinct" }), rows };
  return kind.startsWith("json") ? treeOf(kind, bytes) : textOf(kind, bytes);
}

/** Readings of 20 sensors, each of which has one every 10 seconds. */
export function textOf(kind, bytes) {
  const blocks = [];
  let size = 0;
  let rows = 0;
  if (kind === "csv") blocks.push("time,device,region,temperature,humidity,pressure,counter\n");
  while (size < bytes) {
    let block = "";
    for (const end = rows + 1_000; rows < end; rows++) block += lineOf(kind, rows);
    const blockBytes = Buffer.byteLength(block);
    if (size + blockBytes > bytes) break;
    blocks.push(block);
    size += blockBytes;
  }
  return { blob: new Blob(blocks), rows: rows - 1_000 };
}

function lineOf(kind, i) {
  const time = new Date(Date.UTC(2024, 0, 1) + Math.floor(i / SENSORS) * 10_000).toISOString();
  const device = `sensor-${i % SENSORS}`;
  const region = i % 2 ? "north" : "south";
  const temperature = temperatureOf(i);
  const humidity = (50 + (i % 37) / 3).toFixed(1);
  const pressure = 1_000 + (i % 41);
  const write = {
    csv: () => `${time},${device},${region},${temperature},${humidity},${pressure},${i}\n`,
    ndjson: () =>
      `{"time":"${time}","device":"${device}","region":"${region}","temperature":${temperature},"humidity":${humidity},"pressure":${pressure},"counter":${i}}\n`,
    log: () =>
      `${time} ${i % 40 ? "INFO" : "ERROR"} [worker-${i % 8}] plant.${region}.Reader: Reading ${i} of ${device} took ${i % 300} ms, temperature=${temperature} humidity=${humidity}\n${i % 40 ? "" : TRACE}`,
    "log-syslog": () =>
      `${syslogTime(time)} ${device} reader[${1_000 + (i % 300)}]: reading ${i} from 10.0.0.${i % 250} took ${i % 300} ms, temperature=${temperature}\n`,
    "log-readings": () =>
      `${time} ${device} Temperature: ${temperature}°C, Humidity: ${humidity}%, Pressure: ${pressure} hPa\n`,
  };
  return write[kind]();
}

const TRACE = `plant.Unreachable: no answer\n${"\tat plant.Reader.read(Reader.java:40)\n".repeat(6)}`;
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

const syslogTime = (time) =>
  `${MONTHS[Number(time.slice(5, 7)) - 1]} ${String(Number(time.slice(8, 10))).padStart(2)} ${time.slice(11, 19)}`;

const temperatureOf = (i) => (20 + Math.sin(i / 500) * 5).toFixed(2);

/** Readings of a time and a value, as narrow as data are sent. */
function treeOf(kind, bytes) {
  const timeOf = (i) => 1_704_067_200 + i * 10;
  const countOf = (rowBytes) => Math.floor((bytes - 100) / rowBytes);
  const listOf = (rows, textAt) => Array.from({ length: rows }, (_, i) => textAt(i)).join();
  const write = {
    json: () => {
      const rows = countOf(34);
      return [rows, `[${listOf(rows, (i) => `{"time":${timeOf(i)},"value":${temperatureOf(i)}}`)}]`];
    },
    "json-columns": () => {
      const rows = countOf(17);
      return [rows, `{"time":[${listOf(rows, timeOf)}],"value":[${listOf(rows, temperatureOf)}]}`];
    },
    "json-lists": () => {
      const rows = countOf(19);
      const lists = listOf(rows, (i) => `[${timeOf(i)},${temperatureOf(i)}]`);
      return [rows, `{"columns":["time","value"],"data":[${lists}]}`];
    },
  };
  const [rows, text] = write[kind]();
  return { blob: new Blob([text]), rows };
}
