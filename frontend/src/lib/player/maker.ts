import type { Deck, DeckEvents, Face } from "./deck";
import { methods, type Method } from "./methods";
import { NativeDeck } from "./native";
import { ranked } from "./ranking";
import { saving } from "./saving.svelte";
import { named } from "./visit";

export interface Needs {
  /** Takes part, so wants low latency. */
  prompt: boolean;
  /** Only what knows the time, so that sound and picture meet. */
  timed: boolean;
}

/** Makes decks, the best way that works in this browser. */
export class DeckMaker {
  #able: readonly Method[];

  /** `signal`: nobody wants any more. */
  constructor(
    private readonly elements: Record<Face, HTMLMediaElement>,
    private readonly addresses: Record<Face, string>,
    private readonly live: boolean,
    private readonly signal: AbortSignal,
  ) {
    this.#able = methods(elements.sound);
  }

  get able(): boolean {
    return this.#able.length > 0;
  }

  get choice(): boolean {
    return this.#able.length > 1;
  }

  /** This way of playing has failed: another one, if there is one. */
  avoid(method: Method): void {
    if (this.choice) this.#able = this.#able.filter((one) => one !== method);
  }

  /** `start`: seconds, or null where playing usually begins. The answer is null when it could not
   * be loaded, or nothing is able. */
  async make(
    face: Face,
    start: number | null,
    { prompt, timed }: Needs,
    events: DeckEvents,
  ): Promise<Deck | null> {
    const { live } = this;
    const [method] = ranked(this.#able, { picture: face === "picture" || timed, prompt, live });
    if (!method) return null;
    const element = this.elements[face];
    const low = live && prompt && !saving.on;
    const address = low ? withParts(this.addresses[face]) : this.addresses[face];
    const options = {
      ...events,
      // What the hall's line has room for is a matter of pictures.
      address: face === "picture" ? named(address) : address,
      live,
      start,
      thrifty: saving.on,
      prompt: low,
    };
    if (method === "native") return new NativeDeck(element, options);
    const loaded = await load();
    if (!loaded || this.signal.aborted) return null;
    return new loaded.HlsDeck(loaded.Hls, element, options);
  }
}

/** The same, in parts of half a second (`docs/media.md`): two seconds nearer to the hall, at four
 * times as many requests. */
export function withParts(address: string): string {
  return address.replace(/index\.m3u8$/, "low.m3u8").replace(/\/audio\.m3u8$/, "/low-audio.m3u8");
}

/** hls.js is large: only when it is needed. */
async function load(): Promise<{
  Hls: typeof import("hls.js").default;
  HlsDeck: typeof import("./hls").HlsDeck;
} | null> {
  try {
    const [{ default: Hls }, { HlsDeck }] = await Promise.all([import("hls.js"), import("./hls")]);
    return { Hls, HlsDeck };
  } catch {
    // It did not arrive; the network is the likely reason.
    return null;
  }
}
