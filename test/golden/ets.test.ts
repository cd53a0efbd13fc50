import { describe, expect, it } from "vitest";
import { unlimited } from "../../src/analytics/forecasting/budget";
import { autoEts, type EtsModel, type EtsSpec, fitEts } from "../../src/analytics/forecasting/ets";
import { describe as describeFit } from "../../src/analytics/forecasting/ets/model";
import { momentsOf } from "../../src/analytics/forecasting/ets/moments";
import { shapeOf } from "../../src/analytics/forecasting/ets/spec";
import { fitSmoothing } from "../../src/analytics/kernel/ets";
import { airPassengers, nile, seededNormal } from "../support/series";

// References: R 4.2.2 with forecast 8.20 (`ets`, `forecast`).

const spec = (name: string): EtsSpec => {
  const [, error, trend, damped, seasonal] = /^(.),(.)(d?),(.)$/.exec(name)!;
  return { error, trend, damped: damped === "d", seasonal } as EtsSpec;
};

/** Given as R prints them: `seasons` is s0, s1, ... backwards in time, its last follows from the others. */
interface Given {
  smoothing: [alpha: number, beta: number, gamma: number, phi: number];
  level: number;
  trend?: number;
  seasons?: number[];
}

/** The model of these numbers, nothing searched. */
function modelOf(values: Float64Array, season: number, name: string, given: Given): EtsModel {
  const known = given.seasons ?? [];
  const sum = known.reduce((total, value) => total + value, 0);
  const oldest = (name.endsWith("M") ? season : 0) - sum;
  const seasons = known.length > 0 ? [oldest, ...known.toReversed()] : [0];
  const start = {
    smoothing: Float64Array.from(given.smoothing),
    states: Float64Array.of(given.level, given.trend ?? 0, ...seasons),
  };
  const limits = { isExpecting: false, stretches: 1, maxWork: Number.POSITIVE_INFINITY };
  const estimate = fitSmoothing(values, shapeOf(spec(name), season), { mode: "nothing", start }, limits);
  return describeFit({ values, season, spec: spec(name), isExpecting: false, estimate: estimate! });
}

const REFERENCES = [
  {
    name: "A,N,N",
    values: nile,
    season: 1,
    given: { smoothing: [0.245533862697156, 0, 0, 1], level: 1110.68685995136 } satisfies Given,
    logLikelihood: -726.390519999,
    aicc: 1459.03104,
    bic: 1466.59655056,
    sigma2: 20802.8010256,
    mean: [805.381282859, 805.381282859, 805.381282859, 805.381282859, 805.381282859],
    upper: [1088.07034083, 1096.46686305, 1169.94668164, 1176.49533741, 1182.93042269],
  },
  {
    name: "M,Ad,N",
    values: nile,
    season: 1,
    given: {
      smoothing: [0.158602163678978, 1.00004594171514e-4, 0, 0.800001140199187],
      level: 1093.40564213781,
      trend: 10.5738644035193,
    } satisfies Given,
    logLikelihood: -726.307260664,
    aicc: 1465.51774714,
    bic: 1480.24554244,
    sigma2: 0.0246912333815,
    mean: [836.304953282, 836.281733816, 836.19882819, 836.196833622, 836.195237965],
    upper: [1093.86835498, 1097.13970765, 1128.17574903, 1131.11977813, 1134.03717099],
  },
  {
    name: "A,A,A",
    values: airPassengers,
    season: 12,
    given: {
      smoothing: [0.993480362872374, 1.91179159524254e-4, 5.80032514321104e-4, 1],
      level: 120.960762545579,
      trend: 1.39339982901592,
      seasons: [
        -29.181569592927, -54.3841662192089, -20.7168716370162, 15.0726618966834, 65.1553960287441,
        66.1846393963355, 33.5822290602453, -4.23202989396608, -8.0946070079278, -3.82047037350508,
        -34.3364218104466,
      ],
    } satisfies Given,
    logLikelihood: -765.935847512,
    aicc: 1570.72883788,
    bic: 1616.35852112,
    sigma2: 325.697038067,
    mean: [437.286272642, 429.584964936, 448.949332012, 454.325477393, 446.624169687],
    upper: [472.657896293, 479.449961724, 570.876940884, 581.244302466, 578.341538389],
  },
  {
    name: "M,Ad,A",
    values: airPassengers,
    season: 12,
    given: {
      smoothing: [0.980466632280952, 2.61964957073329e-4, 0.0185018785050926, 0.979836843633367],
      level: 122.520503563485,
      trend: 3.60551405820773,
      seasons: [
        -28.8216642458035, -47.3814312559171, -19.632685505152, 19.1994364316305, 62.2961676217149,
        60.3479973121578, 36.3336715249008, -3.30961616646527, -8.62836148414407, -1.11091782061509,
        -36.1858647961644,
      ],
    } satisfies Given,
    logLikelihood: -773.604971794,
    aicc: 1588.68194359,
    bic: 1636.66658298,
    sigma2: 0.00566345068198,
    mean: [428.266274429, 422.117736204, 434.227488953, 430.469223282, 424.276266655],
    upper: [491.435060053, 510.073503399, 669.677802402, 674.978738779, 677.051081012],
  },
  {
    name: "M,A,M",
    values: airPassengers,
    season: 12,
    given: {
      smoothing: [0.394996850495014, 0.0107004419033437, 0.399539202400559, 1],
      level: 122.375426016476,
      trend: 1.10736658208357,
      seasons: [
        0.900041119946844, 0.782669107068064, 0.901368043868854, 1.04761776976081, 1.15370679906182,
        1.18303140196783, 1.08399512146252, 0.978658898783286, 1.03316164257634, 1.0807569099011,
        0.952247884186815,
      ],
    } satisfies Given,
    logLikelihood: -682.403619058,
    aicc: 1403.66438097,
    bic: 1449.29406421,
    sigma2: 0.00158214813524,
    mean: [448.973767167, 425.227817273, 466.317755681, 484.161951054, 458.340481194],
    upper: [483.97574855, 460.974211552, 530.940768013, 559.154242757, 531.505443359],
  },
];
const STEPS = [1, 2, 12, 13, 14];

describe("at the numbers of R's ets", () => {
  it.each(REFERENCES)("the likelihood and criteria of ETS($name) are R's", (reference) => {
    const model = modelOf(reference.values, reference.season, reference.name, reference.given);
    expect(model.name).toBe(`ETS(${reference.name})`);
    expect(model.logLikelihood).toBeCloseTo(reference.logLikelihood, 6);
    expect(model.aicc).toBeCloseTo(reference.aicc, 5);
    expect(model.bic).toBeCloseTo(reference.bic, 5);
    expect(model.sigma ** 2 / reference.sigma2).toBeCloseTo(1, 8);
  });

  it("the likelihood of the model that it chooses for AirPassengers is R's", () => {
    const model = modelOf(airPassengers, 12, "M,Ad,M", {
      smoothing: [0.709551916208791, 0.0204089193322359, 1.00468309718653e-4, 0.979999926683986],
      level: 120.993935507203,
      trend: 1.77054019711165,
      seasons: [
        0.894447475688874, 0.799322028291066, 0.921659598397272, 1.05920192983827, 1.22030069724042,
        1.23179850716711, 1.11050018094692, 0.978612760760472, 0.980382073471814, 1.01103008804154,
        0.886892287222608,
      ],
    });
    expect(model.logLikelihood).toBeCloseTo(-679.583216236956, 6);
    // R leaves phi out of the first step of a damped class 3, so its first mean is 441.802.
    expect(model.predict(1).mean[0]).toBeCloseTo(441.769, 2);
  });

  it.each(REFERENCES)("the predictions and intervals of ETS($name) are R's", (reference) => {
    const prediction = modelOf(reference.values, reference.season, reference.name, reference.given).predict(
      14,
    );
    const { lower, upper } = prediction.interval(0.95);
    STEPS.forEach((step, i) => {
      expect(prediction.mean[step - 1]).toBeCloseTo(reference.mean[i]!, 5);
      expect(upper[step - 1]).toBeCloseTo(reference.upper[i]!, 5);
      expect(lower[step - 1]).toBeCloseTo(2 * reference.mean[i]! - reference.upper[i]!, 5);
    });
  });
});

describe("a seasonal model within the usual bounds", () => {
  // R's `admissible` at the same numbers.
  it.each([
    { season: 12, numbers: [0.8075, 0.2647, 0.1159, 1], isAdmissible: false },
    { season: 12, numbers: [0.8975, 0.2048, 0.0016, 0.8168], isAdmissible: false },
    { season: 7, numbers: [0.3781, 0.3612, 0.5215, 0.889], isAdmissible: false },
    { season: 24, numbers: [0.2244, 0.0628, 0.633, 0.9445], isAdmissible: false },
    { season: 3, numbers: [0.7666, 0.5897, 0.1262, 0.8167], isAdmissible: true },
    { season: 2, numbers: [0.8882, 0.5767, 0.0293, 0.819], isAdmissible: true },
    { season: 4, numbers: [0.4171, 0.3051, 0.5016, 0.8887], isAdmissible: true },
  ])("is one only if it forgets: $numbers, season $season", ({ season, numbers, isAdmissible }) => {
    const name = numbers[3] === 1 ? "A,A,A" : "A,Ad,A";
    const start = { smoothing: Float64Array.from(numbers), states: new Float64Array(2 + season) };
    const limits = { isExpecting: false, stretches: 1, maxWork: Number.POSITIVE_INFINITY };
    const fit = fitSmoothing(nile, shapeOf(spec(name), season), { mode: "nothing", start }, limits);
    expect(fit !== null).toBe(isAdmissible);
  });
});

describe("a fit of AirPassengers", () => {
  // AICc that R's ets reaches.
  it.each([
    ["A,N,N", 1733.95818377],
    ["A,A,N", 1737.7293876],
    ["A,Ad,N", 1740.20527482],
    ["M,N,N", 1674.07168976],
    ["M,A,N", 1674.22993666],
    ["M,Ad,N", 1679.43658995],
    ["A,N,A", 1568.60907793],
    ["A,A,A", 1570.72883788],
    ["A,Ad,A", 1576.70289124],
    ["M,N,A", 1584.54230674],
    ["M,A,A", 1575.32396297],
    ["M,Ad,A", 1588.68194359],
    ["M,N,M", 1465.0643938],
    ["M,A,M", 1403.66438097],
    ["M,Ad,M", 1400.63843247],
  ])("by ETS(%s) is as likely as R's or likelier", (name, aicc) => {
    const model = fitEts(airPassengers, 12, spec(name), unlimited())!;
    expect(model.aicc).toBeLessThan(aicc + 0.01);
    expect(model.converged).toBe(true);
  });

  it.each(["A,A,A", "M,A,M", "M,Ad,A"])("by ETS(%s) is at a maximum of the likelihood", (name) => {
    const model = fitEts(airPassengers, 12, spec(name), unlimited())!;
    const { alpha, beta, gamma, phi } = model.parameters;
    const { level, trend, seasons } = model.states.first;
    const again = (change: { level?: number; trend?: number; season?: number; alpha?: number }) => {
      // The season of the first value follows from the others, so one that is changed moves it as well.
      const backwards = Array.from(seasons).toReversed().slice(0, 11);
      backwards[4]! += change.season ?? 0;
      return modelOf(airPassengers, 12, name, {
        smoothing: [alpha + (change.alpha ?? 0), beta!, gamma!, phi ?? 1],
        level: level + (change.level ?? 0),
        trend: trend! + (change.trend ?? 0),
        seasons: backwards,
      }).logLikelihood;
    };
    expect(again({})).toBeCloseTo(model.logLikelihood, 6);
    const unit = name.endsWith("M") ? 1e-3 : 0.1;
    for (const sign of [-1, 1]) {
      expect(again({ level: sign * 0.5 })).toBeLessThan(model.logLikelihood);
      expect(again({ trend: sign * 0.05 })).toBeLessThan(model.logLikelihood);
      expect(again({ season: sign * unit })).toBeLessThan(model.logLikelihood);
    }
  });

  it("chooses factors, and forecasts the year that R forecasts", () => {
    const { best } = autoEts(airPassengers, 12, { estimation: "likelihood" }, unlimited())!;
    expect(best.name).toBe("ETS(M,A,M)");
    // R's means of ETS(M,Ad,M), its choice: 441.8 and 613.2.
    const { mean } = best.predict(12);
    expect(Math.abs(mean[0]! / 441.8 - 1)).toBeLessThan(0.02);
    expect(Math.abs(mean[6]! / 613.2 - 1)).toBeLessThan(0.03);
  });
});

describe("the moments of a season that is multiplied", () => {
  it("are those of simulated futures", () => {
    const state = {
      spec: spec("M,Ad,M"),
      season: 3,
      alpha: 0.5,
      beta: 0.2,
      gamma: 0.4,
      phi: 0.9,
      level: 100,
      trend: 4,
      seasons: Float64Array.of(0.7, 1.1, 1.2),
      sigma: 0.15,
    };
    const { mean, standardError } = momentsOf(state, 7);
    const normal = seededNormal(5);
    const paths = 60_000;
    const sums = new Float64Array(7);
    const squares = new Float64Array(7);
    for (let path = 0; path < paths; path++) {
      let { level, trend } = state;
      const seasons = state.seasons.slice();
      for (let h = 0; h < 7; h++) {
        const error = state.sigma * normal();
        const q = level + state.phi * trend;
        const value = q * seasons[h % 3]! * (1 + error);
        level = q * (1 + state.alpha * error);
        trend = state.phi * trend + state.beta * q * error;
        seasons[h % 3]! *= 1 + state.gamma * error;
        sums[h]! += value / paths;
        squares[h]! += value ** 2 / paths;
      }
    }
    for (let h = 0; h < 7; h++) {
      const spread = Math.sqrt(squares[h]! - sums[h]! ** 2);
      expect(Math.abs(sums[h]! - mean[h]!) / standardError[h]!).toBeLessThan(0.015);
      expect(Math.abs(spread / standardError[h]! - 1)).toBeLessThan(0.015);
    }
  });
});
