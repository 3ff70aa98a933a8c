// How large a picture the line out of the hall carries: steps, from what the browser measures.

/** One way to send the picture. */
export interface Step {
  /** Bits per second that the encoder stays under. */
  bits: number;
  /** Longest side at most, pixels; what the camera gives is divided until it fits. */
  side: number;
  /** Pictures a second at most. */
  rate: number;
}

/** Smallest first. */
export const STEPS: readonly Step[] = [
  { bits: 150_000, side: 320, rate: 12 },
  { bits: 300_000, side: 480, rate: 15 },
  { bits: 600_000, side: 640, rate: 25 },
  { bits: 1_000_000, side: 960, rate: 25 },
  { bits: 1_500_000, side: 1280, rate: 30 },
  { bits: 2_500_000, side: 1280, rate: 30 },
];
/** Where one begins: 720p as most lines carry it. */
export const FIRST = 4;

/** What was measured since the last time. */
export interface Measure {
  /** Bits per second that the browser thinks it could send; null: it does not say. */
  available: number | null;
  /** Share of packets lost, 0 to 1. */
  loss: number;
  /** Seconds to the server and back. */
  delay: number;
  /** The processor cannot keep up. */
  busy: boolean;
}

/** A spell of clear measures before a larger picture is tried. */
const CALM = 5;
/** Failed tries make one wait longer. */
const CALM_AT_MOST = 40;
/** Browsers begin with a low estimate and raise it: what they say at first is no limit. */
const FEELING = 5;
const LOST = 0.06;
const CLEAN = 0.02;
const SLOW_S = 1.2;

/** Chooses the step. Down at once where it must, up slowly, and slower after a try that failed. */
export class Uplink {
  #calm = 0;
  #wait = CALM;
  #bad = 0;
  #raised = false;
  #age = 0;

  constructor(
    private index = FIRST,
    /** The person's limit: a step, by its index. */
    private limit = STEPS.length - 2,
  ) {}

  get step(): Step {
    return STEPS[this.index] ?? (STEPS[0] as Step);
  }

  /** A new connection: its estimate begins anew. */
  begin(): void {
    this.#age = this.#bad = this.#calm = 0;
  }

  /** Whether the estimate can be believed. */
  get settled(): boolean {
    return this.#age > FEELING;
  }

  /** Largest step to be used. */
  set most(index: number) {
    this.limit = Math.min(Math.max(0, index), STEPS.length - 1);
    if (this.index > this.limit) this.index = this.limit;
    this.#calm = 0;
  }

  /** True when the step has changed. */
  measured({ available, loss, delay, busy }: Measure): boolean {
    const before = this.index;
    this.#age++;
    const short = this.settled && available !== null && available < this.step.bits * 0.75;
    const poor = loss > LOST || delay > SLOW_S || busy;
    if (short || poor) {
      this.#calm = 0;
      // One bad measure is an accident.
      if (++this.#bad >= 2 && this.index > 0) this.#lower(available, poor);
    } else {
      this.#bad = 0;
      this.#calm = loss < CLEAN ? this.#calm + 1 : 0;
      const next = STEPS[this.index + 1];
      const room = available === null || (next !== undefined && available > next.bits * 0.9);
      if (next && this.index < this.limit && room && this.#calm >= this.#wait) {
        this.index++;
        this.#calm = 0;
        this.#raised = true;
      } else if (this.#calm > this.#wait) {
        this.#raised = false;
        this.#wait = CALM;
      }
    }
    return this.index !== before;
  }

  #lower(available: number | null, poor: boolean): void {
    // The step that was just tried is too large: wait longer before the next try.
    if (this.#raised) this.#wait = Math.min(CALM_AT_MOST, this.#wait * 2);
    this.#raised = false;
    this.#bad = 0;
    let index = this.index - 1;
    while (!poor && available !== null && index > 0 && (STEPS[index]?.bits ?? 0) > available) {
      index--;
    }
    this.index = index;
  }
}

/** By what to divide a camera's picture so that it fits the step; 1 or more. */
export function divisor(width: number, height: number, step: Step): number {
  const longest = Math.max(width, height);
  return longest > 0 ? Math.max(1, longest / step.side) : 1;
}
