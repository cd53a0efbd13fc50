// What the detector's figures are on series that its settings were not chosen on: searches settings on one half of the files
// and series and scores the other, then the other way round. The scorers are those that come with the data.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { loadModule } from "../lib/load-module.mjs";
import { timedSeries } from "./detect.mjs";
import { seriesBelow } from "./detect-csv.mjs";
import { scoresOf } from "./detection.mjs";
import { parse } from "./usage.mjs";

export const detectSplit = { usage: "detect-split NAB NAB_SCORER INJECTED INJECTED_SCORER", run };

const ALERT_LEVEL = 0.5;
/** Settings that matter, each with the values that are tried. The search begins at the first of each. */
const CHOICES = {
  alertSurprise: [4.2, 3.95, 3.7, 3.45],
  "record.weight": [0, 0.3, 0.6, 0.9],
  "record.tolerance": [0.1, 0.05, 0.02],
  "lag.factor": [0, 0.9, 1.8, 3.6],
  "away.factor": [0, 0.17, 0.34, 0.68],
  leastOfScale: [0, 0.3, 0.6],
  "tail.leastThreshold": [1, 1.8, 2.5],
  learnedError: [2.5, 2, 1.5],
  sumOver: [8, 6, 4],
  silence: [24, 36, 48],
  quietSeasons: [1, 2, 3],
};
const PASSES = 2;
/** The injected series: without an anomaly and with one kind or another, in turns of four. */
const BLOCK = 4;
/** A setting is judged by the mean over levels around: one level's figure is also luck. */
const AROUND = [0.95, 1, 1.05];

async function run(args) {
  const names = ["NAB", "NAB_SCORER", "INJECTED", "INJECTED_SCORER"];
  const { positionals } = parse(args, { names, options: {} });
  const [nab, nabScorer, injected, injectedScorer] = positionals.map((path) =>
    resolve(process.env.INIT_CWD ?? "", path),
  );
  const { loadNab, nab: nabScore } = await import(pathToFileURL(nabScorer));
  const { evalAt } = await import(pathToFileURL(injectedScorer));
  const { SETTINGS } = await loadModule("src/analytics/detection/streaming/settings.ts");
  const files = loadNab(nab);
  const csv = await seriesBelow(resolve(nab, "data"));
  const series = await timedSeries(injected);
  const halves = [0, 1].map((rest) => ({
    csv: everyOther(csv, rest, 1),
    series: everyOther(series, rest, BLOCK),
  }));

  const figuresOf = async (half, settings) => {
    const scores = async (list) =>
      Object.fromEntries((await scoresOf(list, "full", settings)).map(({ id, scores }) => [id, scores]));
    const [csvScores, seriesScores] = [await scores(half.csv), await scores(half.series)];
    const those = Object.fromEntries(half.csv.map(({ id }) => [id, files[id]]));
    const { f1, falsePer1000Clean } = evalAt(half.series, seriesScores, ALERT_LEVEL);
    return {
      standard: nabScore(those, csvScores, "standard", ALERT_LEVEL).score,
      lowFalse: nabScore(those, csvScores, "reward_low_FP_rate", ALERT_LEVEL).score,
      f1,
      falsePer1000Clean,
    };
  };
  const chosen = [];
  for (const half of halves) chosen.push(await search(SETTINGS, (settings) => figuresOf(half, settings)));
  for (const [i, choice] of chosen.entries()) {
    const settings = withChoice(SETTINGS, choice);
    console.log(`Chosen on half ${i + 1}: ${JSON.stringify(choice)}`);
    console.log(`  there:             ${shown(await figuresOf(halves[i], settings))}`);
    console.log(`  on the other half: ${shown(await figuresOf(halves[1 - i], settings))}`);
    console.log(`  built in, there:   ${shown(await figuresOf(halves[1 - i], SETTINGS))}`);
  }
  return 0;
}

/** In blocks, where what is alike comes in turns. */
const everyOther = (list, rest, block) => list.filter((_, i) => Math.floor(i / block) % 2 === rest);

/** One setting after the other takes its best value, by the sum of both profiles and a hundred times F1. */
async function search(base, figuresOf) {
  const choice = Object.fromEntries(Object.entries(CHOICES).map(([name, values]) => [name, values[0]]));
  const worth = async (tried) => {
    let sum = 0;
    for (const factor of AROUND) {
      const alertSurprise = factor * tried.alertSurprise;
      const { standard, lowFalse, f1 } = await figuresOf(withChoice(base, { ...tried, alertSurprise }));
      sum += standard + lowFalse + 100 * f1;
    }
    return sum;
  };
  let best = await worth(choice);
  for (let pass = 0; pass < PASSES; pass++)
    for (const [name, values] of Object.entries(CHOICES))
      for (const value of values) {
        if (value === choice[name]) continue;
        const reached = await worth({ ...choice, [name]: value });
        if (reached <= best) continue;
        best = reached;
        choice[name] = value;
      }
  return choice;
}

function withChoice(base, choice) {
  const settings = structuredClone(base);
  for (const [path, value] of Object.entries(choice)) {
    const [name, part] = path.split(".");
    if (part === undefined) settings[name] = value;
    else settings[name][part] = value;
  }
  return settings;
}

const shown = ({ standard, lowFalse, f1, falsePer1000Clean }) =>
  `NAB ${standard.toFixed(1)}, few false alerts ${lowFalse.toFixed(1)}; injected F1 ${f1.toFixed(3)}, ` +
  `false in 1,000 clean ${falsePer1000Clean?.toFixed(2)}`;
