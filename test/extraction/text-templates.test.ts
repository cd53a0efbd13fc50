import { describe, expect, it } from "vitest";
import { maskedWords, TemplateTree } from "../../src/extraction/formats/text/log/drain";

describe("masks", () => {
  it.each([
    [
      "Received block blk_-388650 of size 3542967 from /10.251.199.19:50010",
      "Received block blk_<*> of size <*> from <*>",
    ],
    ["id 7f3d0c5e-9a4b-4c0d-8e1f-223344556677 done", "id <*> done"],
    ["read /var/log/app/x.log at 0x7fed80", "read <*> at <*>"],
    ["jk2_init() of log4j took 12ms", "jk2_init() of log4j took <*>ms"],
    ["at 12:30:01.5 on 2024-05-01", "at <*> on <*>"],
    ["GET https://x.org/a?b=1 from aa:bb:cc:00:11:22", "GET <*> from <*>"],
    ["decade added facade", "decade added facade"],
  ])("of %s", (message, masked) => {
    expect(maskedWords(message).join(" ")).toBe(masked);
  });
});

describe("templates", () => {
  it("leaves open what differs between messages of one kind", () => {
    const tree = new TemplateTree();
    for (const user of ["ann", "bob", "cid"]) tree.train(`session of ${user} was opened`);
    tree.train("disk is full");
    expect(new TemplateTree(tree.templates()).learn("session of eve was opened")).toBe(
      "session of <*> was opened",
    );
    expect(tree.size).toBe(2);
  });

  it("keeps messages of other length, other beginning or little in common apart", () => {
    const tree = new TemplateTree();
    const messages = [
      "cache is warm now",
      "cache is cold",
      "queue is warm now",
      "cache is gone for good today",
    ];
    expect(new Set(messages.map((message) => tree.learn(message))).size).toBe(4);
  });

  it("calls a template the same from its first row to its last", () => {
    const tree = new TemplateTree();
    const first = tree.learn("user ann signed in from home");
    expect(tree.learn("user ann signed in from work")).toBe(first);
    expect(tree.size).toBe(1);
  });

  it("stays within its bounds, whatever comes", () => {
    const tree = new TemplateTree();
    const given = new Set<string>();
    const word = (n: number) => n.toString(36).replace(/\d/g, (digit) => "ghijklmnop"[Number(digit)]!);
    for (let i = 0; i < 5_000; i++)
      given.add(tree.learn([1, 7, 13, 29, 31].map((factor) => word(i * factor + 1_000)).join(" ")));
    expect(tree.size).toBeLessThanOrEqual(1_000);
    expect(given.size).toBeLessThanOrEqual(1_001);
  });

  it("gives the same for the same messages", () => {
    const run = () => {
      const tree = new TemplateTree();
      return Array.from({ length: 200 }, (_, i) =>
        tree.learn(`step ${i % 7} of ${["a", "b", "c"][i % 3]} took ${i} ms`),
      );
    };
    expect(run()).toEqual(run());
  });
});
