import { describe, expect, it } from "vitest";
import { acceptedHeaders, appliedHeader, isInline, parsePrefer } from "../../src/platform/prefer";

describe("Prefer", () => {
  it("waits ten seconds unless told otherwise, and 25 at most", () => {
    expect(parsePrefer(null)).toEqual({ respondAsync: false, waitSeconds: 10, isWaitNamed: false });
    expect(parsePrefer("wait=3")).toMatchObject({ waitSeconds: 3, isWaitNamed: true });
    expect(parsePrefer('Wait="60"')).toMatchObject({ waitSeconds: 25, isWaitNamed: true });
  });

  it("is ignored where it is unknown or not well formed, and the first of a name counts", () => {
    for (const header of ["", "wait", "wait=", "wait=-1", "wait=soon", "return=minimal", ",;,="])
      expect(parsePrefer(header)).toEqual(parsePrefer(null));
    expect(parsePrefer("wait=1, wait=2")).toMatchObject({ waitSeconds: 1 });
    expect(parsePrefer("respond-async; x=y, wait=5;z")).toMatchObject({ respondAsync: true, waitSeconds: 5 });
  });

  it("answers inline while the work fits the wait; respond-async alone never", () => {
    expect(isInline(parsePrefer(null), 10)).toBe(true);
    expect(isInline(parsePrefer(null), 10.01)).toBe(false);
    expect(isInline(parsePrefer("wait=0"), 0.001)).toBe(false);
    expect(isInline(parsePrefer("respond-async"), 0)).toBe(false);
    expect(isInline(parsePrefer("respond-async, wait=2"), 1)).toBe(true);
    expect(isInline(parsePrefer("respond-async, wait=2"), 3)).toBe(false);
  });

  it("says what was honoured, and nothing where nothing was asked", () => {
    expect(appliedHeader(parsePrefer(null))).toEqual({});
    expect(appliedHeader(parsePrefer("wait=40"))).toEqual({ "preference-applied": "wait=25" });
    expect(acceptedHeaders(parsePrefer("respond-async, wait=1"), "/x")).toEqual({
      location: "/x",
      "preference-applied": "respond-async",
    });
    expect(acceptedHeaders(parsePrefer("wait=1"), "/x")).toMatchObject({ "preference-applied": "wait=1" });
    expect(acceptedHeaders(parsePrefer(null), "/x")).toEqual({ location: "/x" });
  });
});
