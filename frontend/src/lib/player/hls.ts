import type Hls from "hls.js";
import type { HlsConfig, LevelDetails, LoaderConfig, LoadPolicy } from "hls.js";
import { backoff } from "../timeline/backoff";
import { ahead, type Buffer, type Deck, type DeckOptions, type Rendition } from "./deck";

/** A picture that is not made may be back after so long; till then any size will do. */
const UNCAPPED_MS = 30_000;

/** A network that is away for half a minute is no reason to give up what is in the buffer. */
function patient(firstByte: number, whole: number): LoadPolicy {
  const retry = { maxNumRetry: 40, retryDelayMs: 500, maxRetryDelayMs: 3000 };
  const policy: LoaderConfig = {
    maxTimeToFirstByteMs: firstByte,
    maxLoadTimeMs: whole,
    timeoutRetry: { ...retry, retryDelayMs: 0 },
    errorRetry: retry,
  };
  return { default: policy };
}

function settings({ live, thrifty, prompt, start }: DeckOptions): Partial<HlsConfig> {
  return {
    // fMP4 needs no remultiplexing, so a worker would have nothing to do.
    enableWorker: false,
    startPosition: start ?? -1,
    lowLatencyMode: live && prompt,
    backBufferLength: thrifty ? 10 : 60,
    // One who leaves has paid for what is in the buffer.
    maxBufferLength: thrifty ? 12 : 30,
    maxMaxBufferLength: thrifty ? 20 : 60,
    capLevelToPlayerSize: true,
    abrEwmaDefaultEstimate: thrifty ? 250_000 : 1_500_000,
    ...(thrifty ? { startLevel: 0 } : {}),
    // Our own pace (`pilot.ts`) keeps up.
    maxLiveSyncPlaybackRate: 1,
    // With parts the playlist itself says how near one may play (PART-HOLD-BACK).
    ...(live && !prompt ? { liveSyncDurationCount: 2 } : {}),
    fragLoadPolicy: patient(10_000, 25_000),
    playlistLoadPolicy: patient(10_000, 15_000),
    manifestLoadPolicy: patient(10_000, 15_000),
  };
}

/** hls.js feeds the element (Media Source Extensions). */
export class HlsDeck implements Deck {
  readonly method = "hls.js";
  #hls: Hls;
  #recovered = 0;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #capping: ReturnType<typeof setTimeout> | undefined;

  /** `Player`: the class of hls.js, which is loaded only when it is needed. */
  constructor(
    Player: typeof Hls,
    readonly element: HTMLMediaElement,
    private readonly options: DeckOptions,
  ) {
    const hls = new Player(settings(options));
    this.#hls = hls;
    const { Events } = Player;
    hls.on(Events.MANIFEST_PARSED, () => options.onRenditions(this.renditions()));
    hls.on(Events.LEVEL_LOADED, (_, data) => {
      this.#arrived();
      options.onBytes(data.stats.total || data.stats.loaded);
    });
    hls.on(Events.AUDIO_TRACK_LOADED, (_, data) =>
      options.onBytes(data.stats.total || data.stats.loaded),
    );
    hls.on(Events.FRAG_LOADED, (_, data) => {
      this.#arrived();
      options.onBytes(data.payload.byteLength);
    });
    hls.on(Events.FRAG_LOAD_EMERGENCY_ABORTED, (_, data) => options.onBytes(data.stats.loaded));
    hls.on(Events.ERROR, (_, data) => {
      const { LEVEL_LOAD_ERROR, FRAG_GAP } = Player.ErrorDetails;
      const gone = data.details === LEVEL_LOAD_ERROR && data.response?.code === 404;
      if (gone || data.details === FRAG_GAP) this.#missing();
      if (data.type === Player.ErrorTypes.NETWORK_ERROR) {
        options.onTrouble("network");
        if (data.fatal) this.#again(data.details === Player.ErrorDetails.MANIFEST_LOAD_ERROR);
      } else if (data.fatal) this.#broken(data.type === Player.ErrorTypes.MEDIA_ERROR);
    });
    hls.loadSource(options.address);
    hls.attachMedia(element);
  }

  #arrived(): void {
    this.#failures = 0;
    clearTimeout(this.#retry);
    this.options.onArrival();
  }

  /** hls.js has given up on an address: ask once more, later each time. */
  #again(whole: boolean): void {
    clearTimeout(this.#retry);
    this.#failures++;
    this.#retry = setTimeout(
      () => (whole ? this.#hls.loadSource(this.options.address) : this.#hls.startLoad()),
      backoff(this.#failures, { cap: 5000 }),
    );
  }

  /** The picture that is wanted was not made for these seconds, or is not made now. hls.js takes
   * another one, but only one that it is allowed (`docs/media.md`). */
  #missing(): void {
    const hls = this.#hls;
    if (hls.levels.length < 2) return;
    if (!hls.autoLevelEnabled) this.options.onGone();
    hls.capLevelToPlayerSize = false;
    hls.autoLevelCapping = -1;
    clearTimeout(this.#capping);
    this.#capping = setTimeout(() => (hls.capLevelToPlayerSize = true), UNCAPPED_MS);
  }

  #broken(mendable: boolean): void {
    const now = Date.now();
    if (!mendable || now - this.#recovered < 10_000) return this.options.onTrouble("broken");
    this.#recovered = now;
    this.#hls.recoverMediaError();
  }

  /** The list of what is there, of the picture or, without one, of the sound. */
  get #details(): LevelDetails | null {
    return this.#hls.latestLevelDetails ?? null;
  }

  wall(): number | null {
    const time = this.element.currentTime;
    const found = this.#details?.fragments.find((one) => time < one.start + one.duration);
    if (found?.programDateTime == null) return null;
    return found.programDateTime + (time - found.start) * 1000;
  }

  seekWall(at: number): boolean {
    const listed = this.#details?.fragments ?? [];
    let found = listed[0];
    for (const one of listed) if ((one.programDateTime ?? Infinity) <= at) found = one;
    if (found?.programDateTime == null) return false;
    const within = (at - found.programDateTime) / 1000;
    this.element.currentTime = found.start + Math.min(Math.max(0, within), found.duration);
    return true;
  }

  range(): { start: number; end: number } | null {
    const details = this.#details;
    return details && details.fragments.length > 0
      ? { start: details.fragmentStart, end: details.edge }
      : null;
  }

  present(): number | null {
    return this.options.live ? this.#hls.liveSyncPosition : null;
  }

  buffer(): Buffer | null {
    const details = this.#details;
    if (!details) return null;
    const has = ahead(this.element);
    const end = this.options.prompt ? details.edge : details.fragmentEnd;
    return {
      ahead: has,
      missing: Math.max(0, end - (this.element.currentTime + has)),
      late: details.live ? details.age / details.targetduration : 0,
    };
  }

  renditions(): readonly Rendition[] {
    return this.#hls.levels
      .map((level, index) => ({
        index,
        height: Math.min(level.width, level.height),
        bits: level.averageBitrate || level.bitrate,
      }))
      .filter((one) => one.height > 0);
  }

  shown(): number {
    return this.#hls.currentLevel;
  }

  watched(): string {
    const level = this.#hls.levels[this.#hls.currentLevel] ?? this.#hls.levels[0];
    const name = level?.uri.split("/").pop() ?? "";
    return name.replace(/^low-/, "").replace(/\.m3u8.*$/, "");
  }

  choose(index: number): void {
    // A picture asked for by hand is shown as soon as it can, one by itself with the next segment.
    this.#hls.nextLevel = index;
  }

  speed(): number {
    return this.#hls.bandwidthEstimate || 0;
  }

  hold(held: boolean): void {
    if (held) this.#hls.stopLoad();
    else this.#hls.startLoad(-1, true);
  }

  hurry(): void {
    clearTimeout(this.#retry);
    if (this.#hls.levels.length === 0) this.#hls.loadSource(this.options.address);
    else this.#hls.startLoad(-1, true);
  }

  nudge(): void {
    const { buffered, currentTime } = this.element;
    // Before a hole: jump over it. Otherwise have the buffer written afresh.
    for (let i = 0; i < buffered.length; i++) {
      if (buffered.start(i) > currentTime && buffered.start(i) - currentTime < 4) {
        this.element.currentTime = buffered.start(i) + 0.05;
        return;
      }
    }
    this.#hls.recoverMediaError();
  }

  destroy(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#capping);
    this.#hls.destroy();
    this.element.pause();
    this.element.removeAttribute("src");
    this.element.load();
  }
}
