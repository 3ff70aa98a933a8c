import type { Deck } from "./deck";
import { pace } from "./pilot";

/** How fast it plays: what is recorded as one likes, what is live so that it keeps up. */
export class Tempo {
  /** By hand, of what is recorded. */
  speed = $state(1);
  /** By itself, of what is live. */
  #rate = 1;

  constructor(private readonly live: boolean) {}

  apply(element: HTMLMediaElement): void {
    const rate = this.live ? this.#rate : this.speed;
    if (element.playbackRate === rate) return;
    element.preservesPitch = true;
    element.defaultPlaybackRate = element.playbackRate = rate;
  }

  /** No more hurry: the place is another one. */
  calm(element: HTMLMediaElement): void {
    this.#rate = 1;
    this.apply(element);
  }

  /** Keep to the present. `prompt`: takes part, and wants to be close to it. */
  keepUp(deck: Deck, prompt: boolean): void {
    const { element } = deck;
    const present = deck.present();
    if (present === null || element.readyState < 3) return;
    const wanted = pace(present - element.currentTime, prompt, this.#rate);
    if (wanted === "jump") element.currentTime = present;
    else {
      this.#rate = wanted;
      this.apply(element);
    }
  }
}
