import { describe, expect, it, vi } from "vitest";
import type { Connected } from "../connected.svelte";
import type { Folded } from "../folded.svelte";
import { Claims } from "./claims.svelte";

/** A desk whose answers come when the test says; of claims nothing is on its timeline yet. */
function desk() {
  const sent: string[] = [];
  const going: (() => void)[] = [];
  const session = {
    me: { id: "sika" },
    now: 0,
    connection: "live",
    folded: { family: () => new Map() },
    send: (command: string) => {
      sent.push(command);
      return new Promise<void>((answer) => going.push(answer));
    },
  } as unknown as Connected<Folded>;
  return { claims: new Claims<number>(session, (id) => ["claim", id]), sent, going };
}

describe("a claim that is under way", () => {
  it("is let go of when what it was for is no longer looked at", async () => {
    vi.useFakeTimers();
    const { claims, sent, going } = desk();
    const stop = claims.start();
    window.dispatchEvent(new Event("pointerdown"));
    claims.want([7]);
    vi.advanceTimersByTime(500);
    expect(sent).toEqual(["review.claim"]);
    claims.want([]);
    expect(sent).toEqual(["review.claim"]);
    going[0]!();
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual(["review.claim", "review.release"]);
    stop();
    vi.useRealTimers();
  });

  it("stays when something is looked at", async () => {
    vi.useFakeTimers();
    const { claims, sent, going } = desk();
    const stop = claims.start();
    window.dispatchEvent(new Event("pointerdown"));
    claims.want([7]);
    vi.advanceTimersByTime(500);
    going[0]!();
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual(["review.claim"]);
    stop();
    vi.useRealTimers();
  });
});
