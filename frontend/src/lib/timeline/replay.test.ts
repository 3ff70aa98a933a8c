import { describe, expect, it } from "vitest";
import type { EntryFrame } from "../../generated/protocol";
import { entry } from "../../testing/sockets";
import { Anchors } from "./anchors";
import { fold } from "./fold";
import { Replay, type Manifest } from "./replay";

function manifest(entries: EntryFrame[], rest: Partial<Manifest> = {}): Manifest {
  return {
    sitting: "s",
    timeline: "t",
    epoch: "e",
    seq: entries.length,
    duration_s: 100,
    has_video: true,
    has_audio: true,
    anchors: [[0, 1000]],
    entries,
    ...rest,
  };
}

function states(replay: Replay): Record<string, unknown> {
  return Object.fromEntries([...replay.keys()].map((key) => [key, replay.get(key)]));
}

describe("anchors", () => {
  // Recorded from 1000; a pause of 600 s after 60 s of recording.
  const anchors = new Anchors([
    [0, 1000],
    [60, 1660],
  ]);

  it("run at the same pace between them, and jump where the recording was cut", () => {
    expect(anchors.wall(0)).toBe(1_000_000);
    expect(anchors.wall(59)).toBe(1_059_000);
    expect(anchors.wall(60)).toBe(1_660_000);
    expect(anchors.wall(75)).toBe(1_675_000);
  });

  it("put what happened in a cut at its seam", () => {
    expect(anchors.media(1_030_000)).toBe(30);
    expect(anchors.media(1_300_000)).toBe(60);
    expect(anchors.media(1_660_000)).toBe(60);
    expect(anchors.media(1_670_000)).toBe(70);
  });

  it("put what came before at the beginning", () => {
    expect(anchors.media(5_000)).toBe(0);
  });

  it("take anchors in any order", () => {
    const shuffled = new Anchors([
      [60, 1660],
      [0, 1000],
    ]);
    expect(shuffled.wall(10)).toBe(1_010_000);
  });
});

describe("replay", () => {
  const entries = [
    entry(1, "sitting", { state: "scheduled" }, 900_000),
    entry(2, "sitting", { state: "live" }, 1_000_000),
    entry(3, "question/1", { state: "approved" }, 1_010_000),
    entry(4, "question/1", { state: "on_screen" }, 1_020_000),
    entry(5, "question/1", { state: "answered" }, 1_030_000),
    entry(6, "question/2", { state: "approved" }, 1_040_000),
    entry(7, "question/2", null, 1_050_000),
    entry(8, "sitting", { state: "ended" }, 1_200_000),
  ];

  it("knows everything before it is asked", () => {
    expect(states(new Replay(manifest(entries)))).toEqual({
      sitting: { state: "ended" },
      "question/1": { state: "answered" },
    });
  });

  it("follows the playhead, forwards and back", () => {
    const replay = new Replay(manifest(entries));
    replay.seek(0);
    expect(states(replay)).toEqual({ sitting: { state: "live" } });
    replay.seek(25);
    expect(replay.get("question/1")).toEqual({ state: "on_screen" });
    replay.seek(45);
    expect(replay.get("question/2")).toEqual({ state: "approved" });
    replay.seek(12);
    expect(states(replay)).toEqual({
      sitting: { state: "live" },
      "question/1": { state: "approved" },
    });
    replay.seek(99.99);
    expect(replay.get("sitting")).toEqual({ state: "ended" });
  });

  it("tells which keys moved, or all of them when it went back", () => {
    const replay = new Replay(manifest(entries));
    replay.seek(0);
    const told: unknown[] = [];
    replay.onChange((change) => told.push(change));
    replay.seek(22);
    replay.seek(22.5);
    replay.seek(5);
    expect(told).toEqual([new Set(["question/1"]), "all"]);
  });

  it("says when in the recording something happened", () => {
    const replay = new Replay(manifest(entries));
    expect(entries.map((one) => replay.when(one))).toEqual([0, 0, 10, 20, 30, 40, 50, 100]);
  });

  it("is the plain fold at every second of a long sitting, in any order", () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    const long: EntryFrame[] = [];
    for (let seq = 1; seq <= 1500; seq++) {
      const key = `question/${random(40)}`;
      long.push(entry(seq, key, random(6) === 0 ? null : { seq }, 1_000_000 + seq * 400));
    }
    const replay = new Replay(manifest(long, { duration_s: 700 }));
    for (let round = 0; round < 300; round++) {
      const playhead = random(690);
      replay.seek(playhead);
      const wall = 1_000_000 + playhead * 1000;
      const expected = fold(long.filter((one) => one.at <= wall));
      expect(states(replay)).toEqual(Object.fromEntries(expected));
    }
  });

  it("keeps the order of the timeline when a clock stepped back", () => {
    const replay = new Replay(
      manifest([
        entry(1, "a", { n: 1 }, 1_010_000),
        entry(2, "a", { n: 2 }, 1_009_000),
        entry(3, "a", { n: 3 }, 1_020_000),
      ]),
    );
    replay.seek(9.5);
    expect(replay.get("a")).toBeUndefined();
    replay.seek(10);
    expect(replay.get("a")).toEqual({ n: 2 });
  });

  it("shows how it ended where there is no recording", () => {
    const replay = new Replay(manifest(entries, { anchors: [], duration_s: 0 }));
    replay.seek(0);
    expect(replay.get("sitting")).toEqual({ state: "ended" });
  });
});
