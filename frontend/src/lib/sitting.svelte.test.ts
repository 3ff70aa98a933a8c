import { flushSync } from "svelte";
import { describe, expect, it } from "vitest";
import { entry } from "../testing/sockets";
import { Sitting, split } from "./sitting.svelte";
import { Replay } from "./timeline/replay";

const PROPS = {
  id: "s",
  title: "Session",
  kind: "council",
  state: "scheduled",
  commune: "Cotonou",
  scheduled_at: 0,
  rehearsal: false,
} as const;

function replay(): Replay {
  return new Replay({
    sitting: "s",
    timeline: "t",
    epoch: "e",
    seq: 5,
    duration_s: 100,
    has_video: true,
    has_audio: true,
    anchors: [[0, 0]],
    entries: [
      entry(1, "sitting", { state: "live", title: "Session" }, 1000),
      entry(2, "agenda/2", { id: 2, position: 2, title: "B", state: "pending" }, 2000),
      entry(3, "agenda/1", { id: 1, position: 1, title: "A", state: "open" }, 3000),
      entry(4, "question/7", { id: 7, text: "Why?", state: "on_screen" }, 4000),
      entry(5, "screen", { shows: "question/7" }, 5000),
    ],
  });
}

describe("a sitting as components read it", () => {
  it("knows what the page said before anything came", () => {
    const sitting = new Sitting(PROPS);
    expect(sitting.facts.state).toBe("scheduled");
    expect(sitting.known).toBe(false);
  });

  it("reads its source in the order of the agenda, and what is on screen", () => {
    const sitting = new Sitting(PROPS);
    sitting.follow(replay());
    expect(sitting.known).toBe(true);
    expect(sitting.facts.state).toBe("live");
    expect(sitting.agenda.map((item) => item.title)).toEqual(["A", "B"]);
    expect(sitting.item?.id).toBe(1);
    expect(sitting.shownQuestion?.text).toBe("Why?");
  });

  it("moves with the source, and only what changed is read again", () => {
    const sitting = new Sitting(PROPS);
    const source = replay();
    source.seek(1.5);
    sitting.follow(source);
    let agenda = 0;
    let questions = 0;
    const stop = $effect.root(() => {
      $effect(() => {
        void sitting.agenda;
        agenda++;
      });
      $effect(() => {
        void sitting.questions;
        questions++;
      });
    });
    flushSync();
    expect([agenda, questions]).toEqual([1, 1]);
    source.seek(3.5);
    flushSync();
    expect([agenda, questions]).toEqual([2, 1]);
    expect(sitting.item?.id).toBe(1);
    source.seek(4.5);
    flushSync();
    expect([agenda, questions]).toEqual([2, 2]);
    source.seek(1.5);
    flushSync();
    expect(sitting.agenda).toEqual([]);
    expect(sitting.shownQuestion).toBeUndefined();
    stop();
  });

  it("tells keys apart", () => {
    expect(split("question/42")).toEqual(["question", 42]);
    expect(split("sitting")).toEqual(["sitting", 0]);
  });
});
