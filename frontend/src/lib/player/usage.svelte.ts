// How much data was used for one sitting on this page.

/** Without news from the browser for so long, native playing is estimated. Milliseconds. */
const QUIET_MS = 10_000;

export class Usage {
  /** What the browser itself has measured; caches cost nothing there. */
  #seen = $state(0);
  /** What was handed to the player, where the browser measures nothing. */
  #told = $state(0);
  #guessed = $state(0);
  #heard = 0;
  #observer: PerformanceObserver | null = null;

  /** `base`: what the addresses of this sitting's media begin with. */
  constructor(base: string) {
    try {
      this.#observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          if (!entry.name.startsWith(base)) continue;
          const size = (entry as PerformanceResourceTiming).transferSize;
          if (!size) continue;
          this.#seen += size;
          this.#heard = Date.now();
        }
      });
      this.#observer.observe({ type: "resource" });
    } catch {
      // Old browsers: what the player is told must do.
    }
  }

  /** Bytes so far. */
  get bytes(): number {
    return (this.#seen > 0 ? this.#seen : this.#told) + this.#guessed;
  }

  /** Whether a part of it is an estimate. */
  get estimated(): boolean {
    return this.#guessed > 0;
  }

  /** hls.js has received so many bytes. */
  told(bytes: number): void {
    this.#told += bytes;
  }

  /** The browser played so long by itself, at about so many bits per second. */
  played(seconds: number, bits: number): void {
    if (Date.now() - this.#heard > QUIET_MS) this.#guessed += (seconds * bits) / 8;
  }

  close(): void {
    this.#observer?.disconnect();
  }
}
