import { request } from "./http";

/** The code to show in the hall, asked for again when the next one takes its place. */
export class Hall {
  code = $state("");
  /** How many have entered it. */
  entered = $state(0);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #leaving = new AbortController();

  constructor(private readonly address: string) {}

  /** Follow the code until the returned function is called. */
  follow(): () => void {
    this.#leaving = new AbortController();
    void this.refresh();
    return () => {
      clearTimeout(this.#timer);
      this.#leaving.abort();
    };
  }

  /** Ask now; without network it is asked again soon. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    const { signal } = this.#leaving;
    let wait = RETRY_MS;
    try {
      const said = await request<HallCode>(this.address, { signal });
      this.code = said.code;
      this.entered = said.entered;
      wait = Math.min(Math.max(said.until - Date.now(), 1000), REFRESH_MS);
    } catch {
      // The last one is accepted for a while.
    }
    if (!signal.aborted) this.#timer = setTimeout(() => void this.refresh(), wait);
  }
}

interface HallCode {
  code: string;
  until: number;
  entered: number;
}

const REFRESH_MS = 20_000;
const RETRY_MS = 5000;

/** "123 456": read aloud in two breaths. */
export function spaced(code: string): string {
  return `${code.slice(0, 3)}\u00a0${code.slice(3)}`;
}
