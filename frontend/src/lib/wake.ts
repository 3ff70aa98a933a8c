/** Keeps the screen on while `on`; the browser lets go when the page is hidden, so asks again. */
export class Wake {
  #lock: WakeLockSentinel | null = null;
  #wanted = false;

  set on(wanted: boolean) {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    if (wanted) document.addEventListener("visibilitychange", this.#ask);
    else document.removeEventListener("visibilitychange", this.#ask);
    if (wanted) this.#ask();
    else this.#release();
  }

  #release(): void {
    void this.#lock?.release().catch(() => undefined);
    this.#lock = null;
  }

  readonly #ask = (): void => {
    if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    navigator.wakeLock.request("screen").then(
      (lock) => {
        this.#release();
        this.#lock = lock;
        if (!this.#wanted) this.#release();
      },
      // Low battery, or not allowed: the screen goes dark as it would.
      () => undefined,
    );
  };
}
