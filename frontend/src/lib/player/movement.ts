import type { Deck } from "./deck";

/** Standing still for so long: get it unstuck; for so long: start afresh. Seconds. */
const STUCK_S = 6;
const LOST_S = 15;
/** A way of playing that has not begun after so long does not work here. Seconds. */
const BEGIN_S = 12;
/** The buffer of what has just begun says nothing yet. Seconds. */
const SETTLE_S = 6;
/** Having played for so long, it works: the next failure is the first one. Seconds. */
const WORKS_S = 20;

export type Remedy = "patience" | "nudge" | "afresh" | "another way";

/** Watches that what should play moves, and says what helps where it does not. All times are
 * those of `uptime`. */
export class Movement {
  /** Something was played since the deck was opened. */
  begun = false;
  /** Starts afresh in a row. */
  failures = 0;
  #at = 0;
  #position = -1;
  #nudged = false;
  #opened = 0;
  /** When the buffer last began anew: at the start, and where one has gone. */
  #settling = 0;

  /** A deck is being made. */
  opens(): void {
    this.begun = this.#nudged = false;
    this.#opened = this.#at = uptime();
    this.#position = -1;
  }

  /** It is there. */
  opened(): void {
    this.#opened = this.#settling = uptime();
  }

  /** A deck that plays already took over. */
  taken(position: number): void {
    this.begun = true;
    this.#at = this.#settling = uptime();
    this.#position = position;
  }

  /** Its place is another one. */
  settles(): void {
    this.#settling = uptime();
  }

  settled(now: number): boolean {
    return this.begun && now - this.#settling >= SETTLE_S;
  }

  /** That it stood still until now has its reasons. */
  excuse(): void {
    this.#at = uptime();
  }

  /** Where it is now. Tells how long the step took, if it was one of playing. */
  see(position: number, running: boolean, now: number): number | null {
    if (!running) {
      this.#at = now;
      return null;
    }
    if (position === this.#position) return null;
    const passed = this.#position >= 0 && position > 0 ? now - this.#at : null;
    this.#at = now;
    this.#position = position;
    if (passed === null) return null;
    this.begun = true;
    this.#nudged = false;
    if (now - this.#opened > WORKS_S) this.failures = 0;
    return passed;
  }

  /** Seconds since it moved last. */
  still(now: number): number {
    return now - this.#at;
  }

  /** `silent`: the publisher is gone; `choice`: there is another way of playing. */
  remedy(
    deck: Deck,
    now: number,
    { silent, choice }: { silent: boolean; choice: boolean },
  ): Remedy {
    // It never began. Another way of playing may; the network is asked again either way.
    const dead = !this.begun && now - this.#opened > BEGIN_S && !silent;
    if (dead && deck.method === "native" && choice) return "another way";
    const still = this.still(now);
    const view = deck.buffer();
    // All is played that there is: the hall is silent, and starting afresh would not help.
    const dry = silent || (deck.method === "hls.js" && view !== null && view.missing < 0.5);
    if (dry && still < LOST_S * 2) return "patience";
    if (still > LOST_S) return "afresh";
    if (still <= STUCK_S || this.#nudged) return "patience";
    this.#nudged = true;
    return "nudge";
  }
}

/** A clock that only grows. Seconds. */
export function uptime(): number {
  return performance.now() / 1000;
}
