// The player's decisions, apart from the things they are about. All times in seconds.

/** What is seen of a picture that plays, several times a second. */
export interface Sight {
  /** Whether it should be running. */
  playing: boolean;
  online: boolean;
  /** Played time that is in the buffer. */
  ahead: number;
  /** From the end of the buffer to the end of what there is to load; 0: all is loaded. */
  missing: number;
  /** Age of the playlist, in its own refresh intervals: above 2 the network is late. */
  late: number;
  /** Whether a smaller picture is still to be had, and may be taken. */
  smaller: boolean;
}

/** Less in the buffer than this, for so long, and the picture makes room for the sound. */
export const LOW = { prompt: 0.35, plain: 1.4 };
const LOW_FOR = 0.75;
/** With a smaller picture at hand, its loader gets more time to take it. */
const LOW_FOR_SMALLER = 2.5;
/** Waits before the picture is tried again. */
const FIRST_WAIT = 12;
const LONGEST_WAIT = 120;

/** Decides when the picture must go so that the sound goes on, and when it may come back. */
export class Guard {
  #low = 0;
  #wait = FIRST_WAIT;
  #since = 0;

  /** Whether the picture has to go; `now` grows. */
  starves(sight: Sight, now: number, prompt: boolean): boolean {
    const low = sight.ahead < (prompt ? LOW.prompt : LOW.plain);
    // Nothing more to load: then the hall is silent, and no smaller picture helps.
    const ours = sight.missing > 0.8 || sight.late > 2;
    if (!sight.playing || !sight.online || !low || !ours) {
      this.#low = 0;
      return false;
    }
    this.#low ||= now;
    return now - this.#low >= (sight.smaller ? LOW_FOR_SMALLER : LOW_FOR);
  }

  /** The picture was taken away. */
  taken(now: number): void {
    this.#low = 0;
    this.#since = now;
  }

  /** Whether it is time to try it again. */
  due(now: number): boolean {
    return now - this.#since >= this.#wait;
  }

  /** The try failed: the next one later. */
  failed(now: number): void {
    this.#since = now;
    this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2);
  }

  /** It is back, or the network is another one. */
  reset(): void {
    this.#low = 0;
    this.#wait = FIRST_WAIT;
    this.#since = Number.NEGATIVE_INFINITY;
  }
}

/** Further behind than this, those who take part jump to the present instead of hurrying. */
const JUMP = 25;

/**
 * How fast to play what is live, or "jump". `late`: seconds behind where one wants to be, positive
 * when behind. `prompt`: takes part, and wants the present. `rate`: the present one, so that it
 * does not flicker. Speech at 1.15 is still speech.
 */
export function pace(late: number, prompt: boolean, rate: number): number | "jump" {
  if (prompt && late > JUMP) return "jump";
  const [from, until, fast] = prompt ? [0.6, 0.15, 1.15] : [4, 1, 1.08];
  if (late > from || (rate > 1 && late > until)) return fast;
  return 1;
}

/** Whether a picture that was loaded beside the sound may take its place. */
export function recovered(ahead: number, edge: number, speed: number, needed: number): boolean {
  return ahead >= Math.min(4, Math.max(1, edge - 1)) && speed > needed * 1.25;
}
