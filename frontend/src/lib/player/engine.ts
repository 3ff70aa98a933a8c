import type Hls from "hls.js";
import { backoff } from "../timeline/backoff";
import { methods, type Method } from "./methods";

/**
 * `loading`; `playing`; `idle`: the person stopped it; `waiting`: we are trying again;
 * `gesture`: the browser wants a press on play; `unsupported`: it can play no HLS at all.
 */
export type PlayerState = "loading" | "playing" | "idle" | "waiting" | "gesture" | "unsupported";

export interface EngineOptions {
  address: string;
  live: boolean;
  /** Seconds to start from, for what is not live. */
  start: number;
  /** Spare data: small buffers, no low-latency requests. */
  thrifty: boolean;
  onState(state: PlayerState): void;
}

/** No progress for so long while playing live: start afresh. Milliseconds. */
const STALLED_MS = 12_000;

/** Plays one HLS address in one media element, and comes back by itself after trouble. */
export class Engine {
  #hls: Hls | null = null;
  #methods: Method[];
  #failures = 0;
  /** Whether another try is due, and from where. */
  #waiting = false;
  #resume: number;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval>;
  #stopped = false;
  #progress = { at: Date.now(), position: -1 };
  /** Whether anything was ever shown with the present method. */
  #played = false;
  /** When and where playing began since the last load. */
  #began: { at: number; position: number } | null = null;
  readonly #abort = new AbortController();

  constructor(
    private readonly media: HTMLMediaElement,
    private readonly options: EngineOptions,
  ) {
    this.#methods = methods(media);
    this.#resume = options.start;
    this.#watch = setInterval(() => this.#check(), 2000);
    const on = (name: string, act: () => void): void =>
      media.addEventListener(name, act, { signal: this.#abort.signal });
    on("playing", () => this.#say("playing"));
    // An element that gave up pauses too: that is not the person's wish.
    on("pause", () => this.#waiting || media.error || this.#say("idle"));
    on("waiting", () => this.#say("loading"));
    on("timeupdate", () => this.#moved());
    on("error", () => this.#broken());
    on("ended", () => (options.live ? this.#again() : this.#say("idle")));
    window.addEventListener("online", () => this.#waiting && void this.#load(this.#resume), {
      signal: this.#abort.signal,
    });
    void this.#load(options.start);
  }

  stop(): void {
    this.#stopped = true;
    this.#abort.abort();
    clearTimeout(this.#retry);
    clearInterval(this.#watch);
    this.#unload();
    this.media.removeAttribute("src");
    this.media.load();
  }

  /** Seconds behind what is being said now, as far as the browser lets us know. */
  behind(): number {
    if (this.#hls) return this.#hls.latency;
    const end = seekableEnd(this.media);
    if (end !== null) return Math.max(0, end - this.media.currentTime);
    // Some browsers say nothing of the live edge: then what was lost since it began.
    if (!this.#began) return 0;
    const { at, position } = this.#began;
    return Math.max(0, (Date.now() - at) / 1000 - (this.media.currentTime - position));
  }

  toLive(): void {
    const edge = this.#hls ? this.#hls.liveSyncPosition : seekableEnd(this.media);
    if (edge === null) {
      void this.#load(0);
      return;
    }
    this.media.currentTime = edge;
    void this.play();
  }

  async play(): Promise<void> {
    try {
      await this.media.play();
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#say("gesture");
    }
  }

  async #load(start: number): Promise<void> {
    clearTimeout(this.#retry);
    this.#waiting = false;
    const method = this.#methods[0];
    this.#unload();
    if (!method) return this.#say("unsupported");
    this.#say(this.#failures > 0 ? "waiting" : "loading");
    this.#progress = { at: Date.now(), position: -1 };
    this.#began = null;
    if (method === "native") {
      this.media.src = this.options.address;
      if (start > 0) {
        this.media.addEventListener("loadedmetadata", () => (this.media.currentTime = start), {
          once: true,
          signal: this.#abort.signal,
        });
      }
      await this.play();
      return;
    }
    try {
      const { default: Player } = await import("hls.js");
      if (this.#stopped) return;
      this.#attach(Player, start);
    } catch {
      // The chunk did not arrive; the network is the likely reason.
      this.#again();
    }
  }

  #attach(Player: typeof Hls, start: number): void {
    const { live, thrifty } = this.options;
    const hls = new Player({
      // fMP4 needs no remultiplexing, so a worker would have nothing to do.
      enableWorker: false,
      startPosition: start > 0 ? start : -1,
      lowLatencyMode: live && !thrifty,
      backBufferLength: thrifty ? 10 : 60,
      maxBufferLength: thrifty ? 12 : 30,
      ...(live
        ? {
            liveSyncDurationCount: 2,
            liveMaxLatencyDurationCount: 10,
            maxLiveSyncPlaybackRate: 1.1,
          }
        : {}),
    });
    this.#hls = hls;
    hls.on(Player.Events.ERROR, (_, data) => {
      if (!data.fatal || this.#hls !== hls) return;
      if (data.type === Player.ErrorTypes.MEDIA_ERROR && this.#failures === 0) {
        this.#failures++;
        hls.recoverMediaError();
      } else {
        this.#again();
      }
    });
    hls.loadSource(this.options.address);
    hls.attachMedia(this.media);
    void this.play();
  }

  #unload(): void {
    this.#hls?.destroy();
    this.#hls = null;
  }

  #moved(): void {
    if (this.media.currentTime === this.#progress.position) return;
    this.#progress = { at: Date.now(), position: this.media.currentTime };
    if (this.media.currentTime > 0 && !this.media.paused) {
      this.#played = true;
      this.#began ??= this.#progress;
      this.#failures = 0;
    }
  }

  /** The element gave up. What it says it can play and cannot is left to hls.js. */
  #broken(): void {
    if (this.#hls) return;
    if (!this.#played && this.#methods.length > 1) this.#methods.shift();
    this.#again();
  }

  #check(): void {
    if (this.media.paused || !this.options.live) return;
    if (Date.now() - this.#progress.at > STALLED_MS) this.#again();
  }

  /** Start afresh, later each time. */
  #again(): void {
    if (this.#stopped) return;
    this.#failures++;
    this.#say("waiting");
    this.#waiting = true;
    this.#resume = this.options.live ? 0 : this.media.currentTime || this.#resume;
    clearTimeout(this.#retry);
    this.#progress.at = Date.now();
    this.#retry = setTimeout(
      () => void this.#load(this.#resume),
      500 + backoff(this.#failures, { cap: 10_000 }),
    );
  }

  #say(state: PlayerState): void {
    if (!this.#stopped) this.options.onState(state);
  }
}

function seekableEnd(media: HTMLMediaElement): number | null {
  const ranges = media.seekable;
  return ranges.length > 0 ? ranges.end(ranges.length - 1) : null;
}
