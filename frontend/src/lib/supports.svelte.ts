import type { Session } from "./session.svelte";
import { explain } from "./refusals";

interface Guess {
  supported: boolean;
  count: number;
  /** Not answered yet. */
  flying: boolean;
  /** What the count was when we guessed: once it moves, the server knows. */
  base: number;
}

/** How long a guess may outlive its command, waiting for the next count. Milliseconds. */
const LINGER_MS = 2000;

/** Supports shown at once, and taken back when they were refused. */
export class Supports {
  #guesses = $state<Record<number, Guess>>({});
  error = $state("");

  constructor(readonly session: Session) {}

  mine(question: number): boolean {
    const known = this.session.sitting.mine("support").get(question)?.supported ?? false;
    return this.#guesses[question]?.supported ?? known;
  }

  count(question: number): number {
    const said = this.session.sitting.supports(question);
    const guess = this.#guesses[question];
    return guess && guess.base === said ? guess.count : said;
  }

  async toggle(question: number): Promise<void> {
    if (this.#guesses[question]?.flying) return;
    const supported = !this.mine(question);
    const count = Math.max(0, this.count(question) + (supported ? 1 : -1));
    const guess = { supported, count, flying: true, base: this.session.sitting.supports(question) };
    this.error = "";
    this.#guesses[question] = guess;
    const kept = this.#guesses[question];
    try {
      const command = supported ? "question.support" : "question.unsupport";
      await this.session.send(command, { question });
      if (kept) kept.flying = false;
      setTimeout(() => {
        if (this.#guesses[question] === kept) delete this.#guesses[question];
      }, LINGER_MS);
    } catch (error) {
      delete this.#guesses[question];
      this.error = explain(error);
    }
  }
}
