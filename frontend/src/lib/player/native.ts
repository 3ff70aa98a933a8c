import { ahead, type Buffer, type Deck, type DeckOptions } from "./deck";

/** Safari tells when a stream began; others do not. */
type Dated = HTMLMediaElement & { getStartDate?(): Date };

/** Distance from the end of a live playlist at which players stay (three segments). */
const HOLD_BACK_S = 6;

/** The browser plays HLS by itself. */
export class NativeDeck implements Deck {
  readonly method = "native";
  readonly #abort = new AbortController();
  #played = false;

  constructor(
    readonly element: HTMLMediaElement,
    private readonly options: DeckOptions,
  ) {
    const on = (name: string, act: () => void): void =>
      element.addEventListener(name, act, { signal: this.#abort.signal });
    on("error", () => options.onTrouble(this.#played || !navigator.onLine ? "broken" : "useless"));
    on("timeupdate", () => {
      if (element.currentTime > 0 && !element.paused) this.#played = true;
    });
    on("progress", () => options.onArrival());
    on("ended", () => options.live && options.onTrouble("broken"));
    if (options.start !== null && options.start > 0) {
      const start = options.start;
      element.addEventListener("loadedmetadata", () => (element.currentTime = start), {
        once: true,
        signal: this.#abort.signal,
      });
    }
    element.src = options.address;
  }

  #began(): number | null {
    const at = (this.element as Dated).getStartDate?.().getTime();
    return at === undefined || Number.isNaN(at) ? null : at;
  }

  wall(): number | null {
    const began = this.#began();
    return began === null ? null : began + this.element.currentTime * 1000;
  }

  seekWall(at: number): boolean {
    const began = this.#began();
    if (began === null) return false;
    this.element.currentTime = (at - began) / 1000;
    return true;
  }

  range(): { start: number; end: number } | null {
    const { seekable, duration } = this.element;
    if (seekable.length > 0) {
      return { start: seekable.start(0), end: seekable.end(seekable.length - 1) };
    }
    return Number.isFinite(duration) ? { start: 0, end: duration } : null;
  }

  present(): number | null {
    const range = this.range();
    return this.options.live && range ? Math.max(range.start, range.end - HOLD_BACK_S) : null;
  }

  /** What the browser has left to load it does not tell: no picture is taken away here. */
  buffer(): Buffer {
    return { ahead: ahead(this.element), missing: 0, late: 0 };
  }

  renditions(): readonly [] {
    return [];
  }

  shown(): number {
    return -1;
  }

  watched(): string {
    return this.element.tagName === "AUDIO" ? "audio" : "video";
  }

  choose(): void {
    // The browser chooses.
  }

  speed(): number {
    return 0;
  }

  hold(): void {
    // The browser loads as it likes.
  }

  hurry(): void {
    if (this.element.error) this.options.onTrouble("broken");
  }

  nudge(): void {
    const range = this.range();
    if (range && this.element.currentTime < range.start) this.element.currentTime = range.start;
  }

  destroy(): void {
    this.#abort.abort();
    this.element.pause();
    this.element.removeAttribute("src");
    this.element.load();
  }
}
