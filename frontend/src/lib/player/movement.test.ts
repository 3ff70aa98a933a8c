import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Buffer, Deck } from "./deck";
import { Movement, uptime } from "./movement";

const HALL = { silent: false, choice: true };

function deck(method: Deck["method"], missing = 5): Deck {
  const buffer: Buffer = { ahead: 0, missing, late: 0 };
  return { method, buffer: () => buffer } as unknown as Deck;
}

describe("what helps a player that stands still", () => {
  let movement: Movement;

  beforeEach(() => {
    vi.useFakeTimers();
    movement = new Movement();
    movement.opens();
    movement.opened();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  /** It has played to the second `position`, `seconds` later. */
  function plays(seconds: number, position: number): void {
    vi.advanceTimersByTime(seconds * 1000);
    movement.see(position, true, uptime());
  }

  function after(seconds: number, one: Deck, hall = HALL): string {
    vi.advanceTimersByTime(seconds * 1000);
    return movement.remedy(one, uptime(), hall);
  }

  it("is a nudge, once, and then to start afresh", () => {
    plays(1, 1);
    plays(1, 2);
    const one = deck("hls.js");
    expect(after(5, one)).toBe("patience");
    expect(after(2, one)).toBe("nudge");
    expect(after(2, one)).toBe("patience");
    expect(after(7, one)).toBe("afresh");
  });

  it("is patience where all that there is was played, or the hall is silent", () => {
    plays(1, 1);
    plays(1, 2);
    expect(after(20, deck("hls.js", 0))).toBe("patience");
    expect(after(0, deck("hls.js"), { silent: true, choice: true })).toBe("patience");
    expect(after(11, deck("hls.js", 0))).toBe("afresh");
  });

  it("is another way of playing where this one never began", () => {
    expect(after(13, deck("native"))).toBe("another way");
    expect(after(0, deck("native"), { silent: false, choice: false })).toBe("nudge");
  });

  it("is not asked for while it is paused", () => {
    plays(1, 1);
    plays(1, 2);
    vi.advanceTimersByTime(30_000);
    movement.see(2, false, uptime());
    expect(movement.still(uptime())).toBe(0);
  });

  it("forgets failures once it has played for a while", () => {
    movement.failures = 3;
    plays(1, 1);
    plays(1, 2);
    expect(movement.failures).toBe(3);
    plays(20, 22);
    expect(movement.failures).toBe(0);
  });
});
