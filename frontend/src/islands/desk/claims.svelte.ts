import type { ClaimState } from "../../generated/protocol";
import type { Session } from "../../lib/session.svelte";

/** A claim holds for a minute; it is renewed at half of it. */
const RENEW_MS = 30_000;
/** Going quickly through the list claims nothing on the way. */
const PAUSE_MS = 200;
/** Whoever does nothing for so long is not there, and holds nobody back. */
const AWAY_MS = 120_000;

/** Who is deciding what. What I am looking at is mine, as long as I am there. */
export class Claims {
  #wanted: readonly number[] = [];
  #pause: ReturnType<typeof setTimeout> | undefined;
  #renewal: ReturnType<typeof setInterval> | undefined;
  /** When this moderator last did something; 0: nothing yet. */
  #active = 0;

  constructor(private readonly session: Session) {}

  /** Who else is deciding this question. */
  other(question: number): ClaimState | null {
    const claim = this.#held(question);
    return claim && claim.by !== this.session.me?.id ? claim : null;
  }

  mine(question: number): ClaimState | null {
    const claim = this.#held(question);
    return claim && claim.by === this.session.me?.id ? claim : null;
  }

  #held(question: number): ClaimState | null {
    const claim = this.session.sitting.family("claim").get(question);
    return claim && claim.until > this.session.now ? claim : null;
  }

  /** Others who decide at this moment, by name, with how many questions they hold. */
  readonly colleagues: readonly { id: string; name: string; n: number }[] = $derived.by(() => {
    const found = new Map<string, { id: string; name: string; n: number }>();
    for (const claim of this.session.sitting.family("claim").values()) {
      if (claim.by === this.session.me?.id || claim.until <= this.session.now) continue;
      const one = found.get(claim.by) ?? { id: claim.by, name: claim.by_name, n: 0 };
      found.set(claim.by, { ...one, n: one.n + 1 });
    }
    return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
  });

  start(): () => void {
    this.#renewal = setInterval(() => this.#claim(), RENEW_MS);
    const awake = (): void => {
      const first = this.#active === 0 || Date.now() - this.#active > AWAY_MS;
      this.#active = Date.now();
      if (first) this.#soon();
    };
    const leave = (): void => this.release();
    const seen = (): void => (document.hidden ? this.#let() : this.#soon());
    window.addEventListener("keydown", awake);
    window.addEventListener("pointerdown", awake);
    window.addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", seen);
    return () => {
      clearInterval(this.#renewal);
      clearTimeout(this.#pause);
      window.removeEventListener("keydown", awake);
      window.removeEventListener("pointerdown", awake);
      window.removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", seen);
    };
  }

  /** These are what this moderator looks at now, the first of them first; none: nothing. */
  want(questions: readonly number[]): void {
    const same =
      questions.length === this.#wanted.length &&
      questions.every((id, index) => id === this.#wanted[index]);
    if (same) return;
    this.#wanted = questions;
    if (questions.length > 0) this.#soon();
    else this.#let();
  }

  release(): void {
    this.#wanted = [];
    this.#let();
  }

  #soon(): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#claim(), PAUSE_MS);
  }

  #let(): void {
    clearTimeout(this.#pause);
    const held = [...this.session.sitting.family("claim").values()];
    if (!held.some((claim) => claim.by === this.session.me?.id)) return;
    void this.session.send("review.release", { questions: [] }).catch(() => undefined);
  }

  #claim(): void {
    const here = !document.hidden && Date.now() - this.#active < AWAY_MS;
    const free = this.#wanted.filter((id) => this.other(id) === null).slice(0, 50);
    if (!here || free.length === 0 || this.session.connection !== "live") return;
    // Who was faster is seen live; there is nothing to say about it.
    void this.session.send("review.claim", { questions: [...free] }).catch(() => undefined);
  }
}
