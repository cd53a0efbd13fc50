import { describe, expect, it } from "vitest";
import { difference, differencePolynomial } from "../../src/analytics/forecasting/differencing";
import { normalCdf, normalQuantile } from "../../src/analytics/forecasting/normal";
import { judge } from "../../src/analytics/strategies/signal";

describe("the normal distribution", () => {
  it("is that of the tables", () => {
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 14);
    expect(normalCdf(-6) / 9.865876450376946e-10).toBeCloseTo(1, 9);
    expect(normalCdf(5) + normalCdf(-5)).toBeCloseTo(1, 14);
    expect(normalCdf(-100)).toBe(0);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 13);
    expect(normalQuantile(0.9995)).toBeCloseTo(3.2905267314918945, 11);
    expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306167813, 11);
  });

  it("has a quantile that inverts it", () => {
    for (const p of [1e-9, 0.01, 0.024, 0.025, 0.3, 0.5, 0.77, 0.98, 0.999999]) {
      expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 10);
    }
  });
});

describe("differences", () => {
  it("are taken at a lag, as often as asked", () => {
    expect(Array.from(difference(Float64Array.of(1, 4, 9, 16, 25), 1, 2))).toEqual([2, 2, 2]);
    expect(Array.from(difference(Float64Array.of(1, 2, 3, 5, 7, 9), 3, 1))).toEqual([4, 5, 6]);
    expect(difference(Float64Array.of(1), 1, 2).length).toBe(0);
  });

  it("have the polynomial of their product", () => {
    expect(Array.from(differencePolynomial(2, 0, 1))).toEqual([2, -1]);
    expect(Array.from(differencePolynomial(1, 1, 4))).toEqual([1, 0, 0, 1, -1]);
    expect(differencePolynomial(0, 0, 1).length).toBe(0);
  });
});

describe("a signal", () => {
  const outlook = { current: 100, mean: 103, standardError: 2, typicalSize: 100 };

  it("has the probability of its side as its strength", () => {
    expect(judge(outlook, 0.5)).toMatchObject({ direction: "up", movePercent: 3 });
    expect(judge(outlook, 0.5).strength).toBeCloseTo(normalCdf(1.5), 12);
    const down = judge({ ...outlook, mean: 97 }, 0.5);
    expect(down.direction).toBe("down");
    expect(down.strength).toBeCloseTo(normalCdf(1.5), 12);
  });

  it("is flat below the least move or a probability of 0.6, and as strong as it is likely to stay there", () => {
    const small = judge({ ...outlook, mean: 100.4 }, 0.5);
    expect(small.direction).toBe("flat");
    expect(small.strength).toBeCloseTo(normalCdf(0.05) - normalCdf(-0.45), 12);
    expect(judge({ ...outlook, standardError: 30 }, 0.5).direction).toBe("flat");
  });

  it("measures a move from zero against the usual size", () => {
    expect(judge({ current: 0, mean: 3, standardError: 1, typicalSize: 100 }, 0.5).movePercent).toBe(3);
    expect(judge({ current: 0, mean: 0, standardError: 0, typicalSize: 0 }, 0.5).direction).toBe("flat");
  });
});
