import { describe, expect, it } from "vitest";
import { arimaModel, fitArima } from "../../src/analytics/forecasting/arima";
import { type BoxCox, boxCoxModel, inverse, transform } from "../../src/analytics/forecasting/box-cox";
import { guerreroLambda } from "../../src/analytics/forecasting/box-cox-lambda";
import { airPassengers, lynx } from "../support/series";

// References: R 4.2.2 with forecast 8.20 (`BoxCox.lambda`, `Arima(..., lambda = 0.2)`).

const AIRLINE = { p: 0, d: 1, q: 1, P: 0, D: 1, Q: 1, m: 12 };

function airlineOf(power: BoxCox) {
  return arimaModel(fitArima(transform(airPassengers, power)!, AIRLINE));
}

describe("the transform", () => {
  it.each([-1, -0.5, 0, 1e-12, 1e-6, 0.2, 1, 2])("comes back with lambda %d", (lambda) => {
    const power = { lambda, scale: 100 };
    transform(airPassengers, power)!.forEach((y, t) => {
      expect(inverse(y, power) / airPassengers[t]!).toBeCloseTo(1, 9);
    });
  });

  it("takes negative values with a positive power only", () => {
    const values = Float64Array.of(-4, 0, 9);
    const power = { lambda: 0.5, scale: 1 };
    [-6, -2, 4].forEach((expected, t) => {
      expect(transform(values, power)![t]).toBeCloseTo(expected, 12);
    });
    expect(inverse(-6, power)).toBeCloseTo(-4, 12);
    expect(transform(values, { lambda: 0, scale: 1 })).toBeNull();
    expect(transform(values, { lambda: -1, scale: 1 })).toBeNull();
  });

  it("holds at the ends of the range of a double, or is null", () => {
    for (const magnitude of [1e290, 1e-290]) {
      const values = airPassengers.map((value) => value * magnitude);
      const power = { lambda: 2, scale: 100 * magnitude };
      transform(values, power)!.forEach((y, t) => {
        expect(inverse(y, power) / values[t]!).toBeCloseTo(1, 9);
      });
    }
    expect(transform(Float64Array.of(1e290), { lambda: 2, scale: 1 })).toBeNull();
    expect(inverse(5, { lambda: -1, scale: 1 })).toBe(Number.MAX_VALUE);
  });
});

describe("lambda", () => {
  it("is Guerrero's as R finds it, whatever the unit", () => {
    expect(guerreroLambda(airPassengers, 12)).toBeCloseTo(-0.294715585559316, 3);
    expect(guerreroLambda(lynx, 1)).toBeCloseTo(0.152184872626719, 3);
    for (const magnitude of [1e288, 1e-288]) {
      const values = airPassengers.map((value) => value * magnitude);
      expect(guerreroLambda(values, 12)).toBeCloseTo(-0.294715585559316, 3);
    }
  });

  it("is null where values are not positive or do not vary", () => {
    expect(guerreroLambda(Float64Array.of(1, 2, 0, 4), 1)).toBeNull();
    expect(guerreroLambda(new Float64Array(20).fill(5), 1)).toBeNull();
    expect(guerreroLambda(Float64Array.of(1, 2), 12)).toBeNull();
  });
});

describe("a model of a transformed series", () => {
  const power = { lambda: 0.2, scale: 1 };

  it("predicts as R does, bounds and bias-adjusted means too", () => {
    const inner = airlineOf(power);
    const predicted = boxCoxModel(inner, 0.2).predict(3);
    const bounds = predicted.interval(0.95);
    const relative = (values: Float64Array, expected: number[]) =>
      expected.forEach((value, h) => {
        expect(Math.abs(values[h]! / value - 1)).toBeLessThan(2e-4);
      });
    relative(predicted.mean, [449.520838922104, 424.73806170592, 472.684115340419]);
    relative(bounds.lower, [420.795589400991, 392.539321584188, 433.127609614718]);
    relative(bounds.upper, [479.7938233499, 459.015896130503, 515.079316318563]);
    const adjusted = boxCoxModel(inner, 0.2, { biasAdjusted: true }).predict(3);
    relative(adjusted.mean, [449.722273035755, 425.008641195743, 473.053541295456]);
  });

  it("has fitted values in the units of the series, and can be applied to another", () => {
    const model = boxCoxModel(airlineOf(power), power);
    expect(model.fitted.length).toBe(144);
    expect(model.fitted[0]).toBeNaN();
    expect(Math.abs(model.fitted[143]! / airPassengers[143]! - 1)).toBeLessThan(0.1);
    const shorter = model.apply(airPassengers.slice(0, 132)).predict(1).mean[0]!;
    expect(Math.abs(shorter / airPassengers[132]! - 1)).toBeLessThan(0.1);
  });

  it("does not depend on the scale that it is computed in", () => {
    const scaled = { lambda: 0.2, scale: 112 };
    const plain = boxCoxModel(airlineOf(power), power).predict(2).interval(0.8);
    const other = boxCoxModel(airlineOf(scaled), scaled).predict(2).interval(0.8);
    expect(other.upper[1]! / plain.upper[1]!).toBeCloseTo(1, 5);
  });
});
