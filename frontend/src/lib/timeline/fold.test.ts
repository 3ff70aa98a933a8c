import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { EntryFrame } from "../../generated/protocol";
import { fold, unfold, type State } from "./fold";

interface Golden {
  entries: EntryFrame[];
  snapshots: { after: number; states: Record<string, State> }[];
}

const FOLDER = join(process.cwd(), "tests", "golden");

function goldens(): [string, Golden][] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(".json"))
    .map((name) => [name, JSON.parse(readFileSync(join(FOLDER, name), "utf-8")) as Golden]);
}

describe("fold", () => {
  it("keeps the last state of each key and forgets what is null", () => {
    const states = fold([
      { key: "a", state: { n: 1 } },
      { key: "b", state: { n: 2 } },
      { key: "a", state: { n: 3 } },
      { key: "b", state: null },
      { key: "c", state: null },
    ]);
    expect(Object.fromEntries(states)).toEqual({ a: { n: 3 } });
  });

  it("goes on from states", () => {
    const states = unfold({ a: { n: 1 }, gone: null });
    fold([{ key: "b", state: { n: 2 } }], states);
    expect([...states.keys()]).toEqual(["a", "b"]);
  });

  it("finds golden timelines", () => {
    expect(goldens().length).toBeGreaterThan(0);
  });

  it.each(goldens())("agrees with Python at every position of %s", (_, golden) => {
    expect(golden.snapshots.length).toBeGreaterThan(0);
    for (const { after, states } of golden.snapshots) {
      const prefix = golden.entries.filter((entry) => entry.seq <= after);
      expect(Object.fromEntries(fold(prefix))).toEqual(states);
    }
  });

  // `tests/live/test_properties.py` thinks of timelines and says what Python makes of them.
  const cases = process.env["FOLD_CASES"];
  it.runIf(cases)("agrees with Python on whatever Hypothesis thinks of", () => {
    const thought = JSON.parse(readFileSync(cases ?? "", "utf-8")) as {
      before: Record<string, State>;
      entries: EntryFrame[];
      after: [string, State][];
    }[];
    expect(thought.length).toBeGreaterThan(100);
    for (const { before, entries, after } of thought) {
      const states = fold(entries, unfold(before));
      expect(new Map(states)).toEqual(new Map(after));
    }
  });

  it.each(goldens())("comes to the same from every snapshot of %s", (_, golden) => {
    const end = Object.fromEntries(fold(golden.entries));
    for (const { after, states } of golden.snapshots) {
      const rest = golden.entries.filter((entry) => entry.seq > after);
      expect(Object.fromEntries(fold(rest, unfold(states)))).toEqual(end);
    }
  });
});
