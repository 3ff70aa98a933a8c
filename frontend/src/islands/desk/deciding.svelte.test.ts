import { describe, expect, it, vi } from "vitest";
import type { QuestionReview } from "../../generated/protocol";
import type { Session } from "../../lib/session.svelte";
import { Refused } from "../../lib/timeline/outbox";
import { Deciding } from "./deciding.svelte";

const waiting = { id: 7, state: "pending", text: "Et la voirie ?", revision: 1 } as QuestionReview;

/** A desk whose answers and entries come when the test says. */
function desk() {
  let reviews = $state.raw<ReadonlyMap<number, QuestionReview>>(new Map([[7, waiting]]));
  const going: { answer: (result: object) => void; refuse: (error: Refused) => void }[] = [];
  const session = {
    me: { id: "sika" },
    sitting: { family: () => reviews },
    send: () => new Promise((answer, refuse) => going.push({ answer, refuse })),
  } as unknown as Session;
  const deciding = new Deciding(session);
  const state = (): QuestionReview["state"] => deciding.state(reviews.get(7)!);
  return {
    deciding,
    going,
    state,
    busy: (): boolean => deciding.busy(reviews.get(7)!),
    entry: (now: QuestionReview["state"]): void => {
      reviews = new Map([[7, { ...waiting, state: now }]]);
    },
  };
}

describe("a question that was decided here", () => {
  it("is never again what it was between the answer and its entry", async () => {
    const { deciding, going, state, busy, entry } = desk();
    const done = deciding.act(waiting, "approve");
    expect(state()).toBe("approved");
    going[0]!.answer({});
    await done;
    expect(state()).toBe("approved");
    expect(busy()).toBe(true);
    entry("approved");
    expect(state()).toBe("approved");
    expect(busy()).toBe(false);
  });

  it("is what the timeline says when the entry is faster than the answer", async () => {
    const { deciding, going, state, busy, entry } = desk();
    const done = deciding.act(waiting, "approve");
    entry("approved");
    going[0]!.answer({});
    await done;
    expect(busy()).toBe(false);
    entry("pending");
    expect(state()).toBe("pending");
  });

  it("is what it was when the server says no", async () => {
    const { deciding, going, state, busy } = desk();
    const done = deciding.act(waiting, "approve");
    going[0]!.refuse(new Refused("conflict", "Somebody was faster."));
    expect(await done).toBe(false);
    expect(state()).toBe("pending");
    expect(busy()).toBe(false);
    expect(deciding.problems.get(7)).toBeTruthy();
  });

  it("is what the timeline says when no entry follows the answer", async () => {
    vi.useFakeTimers();
    const { deciding, going, state } = desk();
    const done = deciding.act(waiting, "approve");
    going[0]!.answer({});
    await done;
    vi.advanceTimersByTime(5_000);
    expect(state()).toBe("pending");
    vi.useRealTimers();
  });
});
