import type { Given } from "./cost";
import { named } from "./visit";

/** Media takes a visit that it has not heard of for 45 s as gone. Milliseconds. */
const EVERY_MS = 18_000;
const SOONEST_MS = 2000;

/** Tells media what is watched, and hears what may be: the budget of the hall's line
 * (`docs/media.md`). Where the line has no limit it asks once. */
export class Budget {
  /** What this visit may have; null: not known yet. */
  given = $state<Given | null>(null);
  #limited = true;
  #told = "";
  #at = Number.NEGATIVE_INFINITY;

  /** `base`: where the sitting's playlists are; `signal`: nobody wants any more. */
  constructor(
    private readonly base: string,
    private readonly signal: AbortSignal,
  ) {}

  /** Called again and again; `watched`: a playlist's name, without its ending. Milliseconds. */
  tick(watched: string, now: number): void {
    if (!this.#limited) return;
    const wait = watched === this.#told ? EVERY_MS : SOONEST_MS;
    if (now - this.#at < wait) return;
    this.#at = now;
    this.#told = watched;
    void this.#ask(watched);
  }

  async #ask(watched: string): Promise<void> {
    try {
      const address = `${named(`${this.base}budget.json`)}&r=${watched}`;
      const answer = await fetch(address, { cache: "no-store", signal: this.signal });
      if (!answer.ok) return;
      const said = (await answer.json()) as { pictures: Given; load: number | null };
      this.#limited = said.load !== null;
      this.given = said.pictures;
    } catch {
      // Asked again next time; nothing depends on it.
    }
  }
}
