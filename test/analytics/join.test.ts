import { describe, expect, it } from "vitest";
import { byTags, joinFields, pooled } from "../../src/analytics/join";

const series = (field: string, points: [number, number][], tags: Record<string, string> = {}) => ({
  field,
  tags,
  times: Float64Array.from(points, ([time]) => time),
  values: Float64Array.from(points, ([, value]) => value),
});

describe("fields that are joined", () => {
  it("keep the rows that have all of them, and count the others", () => {
    const a = series("a", [
      [1, 10],
      [2, 20],
      [4, 40],
    ]);
    const b = series("b", [
      [2, 200],
      [3, 300],
      [4, 400],
    ]);
    const { input, leftOut } = joinFields([a, b]);
    expect([...input.times]).toEqual([2, 4]);
    expect([...input.values]).toEqual([20, 40]);
    expect(input.beside).toEqual([{ field: "b", values: Float64Array.of(200, 400) }]);
    expect(leftOut).toBe(2);
  });

  it("join the n-th reading at a time to the n-th", () => {
    const a = series("a", [
      [1, 1],
      [1, 2],
      [1, 3],
    ]);
    const b = series("b", [
      [1, 10],
      [1, 20],
    ]);
    const { input, leftOut } = joinFields([a, b]);
    expect([...input.values]).toEqual([1, 2]);
    expect([...input.beside![0]!.values]).toEqual([10, 20]);
    expect(leftOut).toBe(1);
  });

  it("may be one alone, or never meet", () => {
    expect(joinFields([series("a", [[1, 1]])]).input.beside).toBeUndefined();
    expect(joinFields([series("a", [[1, 1]]), series("b", [[2, 2]])]).input.times).toHaveLength(0);
  });

  it("are those of one set of tags, in the order they were asked for", () => {
    const groups = byTags(
      [series("b", [], { x: "1", y: "2" }), series("a", [], { x: "2" }), series("a", [], { y: "2", x: "1" })],
      ["a", "b"],
    );
    expect(groups.map((group) => group.map(({ field }) => field))).toEqual([["a", "b"], ["a"]]);
  });
});

describe("rows that are pooled", () => {
  it("come in order of time, each with its tags, the newest where there are too many", () => {
    const one = joinFields([
      series(
        "a",
        [
          [1, 1],
          [3, 3],
        ],
        { shop: "s", who: "x" },
      ),
    ]).input;
    const two = joinFields([series("a", [[2, 2]], { shop: "s", who: "y" })]).input;
    const all = pooled([one, two], 10);
    expect([...all.values]).toEqual([1, 2, 3]);
    expect(all.tags).toEqual({ shop: "s" });
    expect(all.rowTags!.map(({ who }) => who)).toEqual(["x", "y", "x"]);
    expect([...pooled([one, two], 2).values]).toEqual([2, 3]);
  });
});
