// The lines that the server wrote: what moves in them is changed where it stands, so that nothing
// moves away from under whoever reads.

import type { ListedFacts } from "../../generated/protocol";
import { CHIPS, concernState } from "../../lib/concerns";
import { number, t, tn } from "../../lib/i18n";

export class Line {
  readonly #row: HTMLElement;
  /** What the timeline last said of the supports. */
  #tallied: number;

  constructor(row: HTMLElement) {
    this.#row = row;
    this.#tallied = Number(row.dataset["tallied"]);
  }

  get button(): HTMLButtonElement | null {
    return this.#row.querySelector("button.vote");
  }

  get pressed(): boolean {
    return this.button?.getAttribute("aria-pressed") === "true";
  }

  /** A count that runs ahead of the timeline; null: the timeline says it all again. */
  ahead(supports: number | null): void {
    const text = number(supports ?? this.#tallied);
    const shown = this.#row.querySelector("[data-supports]");
    if (shown && shown.textContent !== text) shown.textContent = text;
  }

  press(pressed: boolean): void {
    const button = this.button;
    button?.setAttribute("aria-pressed", String(pressed));
    // What it does without this script.
    if (button) button.name = pressed ? "unsupport" : "support";
  }

  show(facts: ListedFacts | null): void {
    const chip = this.#row.querySelector("[data-state]");
    this.#row.classList.toggle("matter--gone", facts === null);
    if (facts === null) {
      this.#close();
      if (chip) chip.textContent = t("no longer in the list");
      return;
    }
    this.#tallied = facts.supports;
    this.ahead(null);
    if (chip) {
      chip.textContent = concernState(facts.state);
      chip.className = `chip ${CHIPS[facts.state] ?? ""}`;
    }
    if (facts.state === "done" || facts.state === "refused") this.#close();
    const comments = this.#row.querySelector("[data-comments]");
    if (comments) {
      const said = tn("{n} comment", "{n} comments", facts.comments);
      comments.textContent = facts.comments ? ` · ${said}` : "";
    }
  }

  /** It can no longer be supported. */
  #close(): void {
    const vote = this.#row.querySelector(".vote:not(.vote--closed)");
    const count = vote?.querySelector("[data-supports]");
    if (!vote || !count) return;
    const closed = document.createElement("p");
    closed.className = "vote vote--closed";
    const words = document.createElement("span");
    words.className = "hint";
    words.textContent = tn("support", "supports", Number(count.textContent));
    closed.append(count, words);
    vote.replaceWith(closed);
  }
}
