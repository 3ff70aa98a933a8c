import type { Deck } from "./deck";

/** What the clock says: where playing is, and how far behind. Seconds. */
export class Playhead {
  /** Seconds of what plays, and the first and last that one may go to. */
  position = $state(0);
  start = $state(0);
  end = $state(0);
  /** From the end of what is there, of what is live. */
  behind = $state(0);
  /** Behind the hall itself, as far as clocks tell. */
  delay = $state(0);

  /** `clock`: the server's, in milliseconds since 1970. */
  constructor(
    private readonly live: boolean,
    position: number,
    private readonly clock: () => number = Date.now,
  ) {
    this.position = position;
  }

  get length(): number {
    return this.end - this.start;
  }

  /** `silent`: the publisher is gone, so that the hall's own time tells nothing. */
  read(deck: Deck, silent: boolean): void {
    const { element } = deck;
    const range = deck.range();
    if (range) {
      this.start = range.start;
      this.end = Math.max(range.end, element.currentTime);
    }
    if (element.readyState > 0) this.position = element.currentTime;
    this.behind = this.live ? Math.max(0, this.end - this.position) : 0;
    const wall = this.live && !silent ? deck.wall() : null;
    this.delay = wall === null ? this.behind : Math.max(this.behind, (this.clock() - wall) / 1000);
  }
}
