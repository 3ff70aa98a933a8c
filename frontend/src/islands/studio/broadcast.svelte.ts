import { backoff } from "../../lib/timeline/backoff";
import { publish, type Publication } from "../../lib/whip/publish";
import { Trouble } from "../../lib/whip/trouble";

/** `idle`; `connecting`; `on`; `waiting`: trying again by itself. */
export type BroadcastState = "idle" | "connecting" | "on" | "waiting";

export interface Figures {
  video: number;
  audio: number;
  width: number;
  height: number;
  /** Share of packets that were lost on the way, 0 to 1. */
  loss: number;
}

const STATS_MS = 2000;

/** Publishing that goes on until one stops it, through broken connections. */
export class Broadcast {
  state = $state<BroadcastState>("idle");
  trouble = $state.raw<Trouble | null>(null);
  figures = $state.raw<Figures | null>(null);
  /** When what is under way began. Milliseconds since 1970. */
  since = $state<number | null>(null);

  #publication: Publication | null = null;
  #tracks: MediaStreamTrack[] = [];
  #wanted = false;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #stats: ReturnType<typeof setInterval> | undefined;
  #wake: WakeLockSentinel | null = null;
  #sent = new Map<string, { bytes: number; at: number }>();

  constructor(private readonly tokens: string) {}

  async start(tracks: MediaStreamTrack[]): Promise<void> {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#tracks = tracks;
    this.#failures = 0;
    window.addEventListener("online", this.#hurry);
    document.addEventListener("visibilitychange", this.#stayAwake);
    this.#stayAwake();
    await this.#connect();
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#retry);
    window.removeEventListener("online", this.#hurry);
    document.removeEventListener("visibilitychange", this.#stayAwake);
    void this.#wake?.release();
    this.#wake = null;
    this.state = "idle";
    this.since = null;
    await this.#leave();
  }

  /** Use another camera or microphone, without interrupting where that is possible. */
  async replace(track: MediaStreamTrack): Promise<void> {
    const known = this.#tracks.some((one) => one.kind === track.kind);
    this.#tracks = [...this.#tracks.filter((one) => one.kind !== track.kind), track];
    if (!this.#publication) return;
    if (known) await this.#publication.replace(track);
    else await this.#again();
  }

  /** Send no picture any more. */
  async drop(kind: string): Promise<void> {
    this.#tracks = this.#tracks.filter((one) => one.kind !== kind);
    if (this.#publication) await this.#again();
  }

  async #again(): Promise<void> {
    await this.#leave();
    await this.#connect();
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#retry);
    if (!this.#wanted) return;
    this.state = "connecting";
    try {
      const publication = await publish(this.tokens, this.#tracks, (trouble) =>
        this.#failed(trouble),
      );
      if (!this.#wanted) {
        await publication.stop();
        return;
      }
      this.#publication = publication;
      this.#failures = 0;
      this.trouble = null;
      this.state = "on";
      this.since ??= Date.now();
      this.#stats = setInterval(() => void this.#measure(), STATS_MS);
    } catch (error) {
      this.#failed(error instanceof Trouble ? error : new Trouble("network", String(error)));
    }
  }

  #failed(trouble: Trouble): void {
    clearInterval(this.#stats);
    this.#publication = null;
    this.figures = null;
    if (!this.#wanted) return;
    this.trouble = trouble;
    if (!trouble.passing) {
      void this.stop();
      return;
    }
    this.#failures++;
    this.state = "waiting";
    // A broken line comes back soon; somebody else's place does not.
    const base = trouble.kind === "lost" ? 500 : 2000;
    this.#retry = setTimeout(
      () => void this.#connect(),
      300 + backoff(this.#failures, { base, cap: 10_000 }),
    );
  }

  async #leave(): Promise<void> {
    clearInterval(this.#stats);
    const publication = this.#publication;
    this.#publication = null;
    this.figures = null;
    this.#sent.clear();
    await publication?.stop();
  }

  readonly #hurry = (): void => {
    if (this.state === "waiting") void this.#connect();
  };

  /** The screen must not sleep while it broadcasts; the browser lets go when the page is hidden. */
  readonly #stayAwake = (): void => {
    if (!this.#wanted || document.visibilityState !== "visible" || !("wakeLock" in navigator))
      return;
    navigator.wakeLock.request("screen").then(
      (lock) => {
        if (this.#wanted) this.#wake = lock;
        else void lock.release();
      },
      () => undefined,
    );
  };

  async #measure(): Promise<void> {
    const report = await this.#publication?.connection.getStats();
    if (!report) return;
    const figures: Figures = { video: 0, audio: 0, width: 0, height: 0, loss: 0 };
    report.forEach((raw: Record<string, unknown>) => {
      if (raw["type"] === "outbound-rtp") {
        const bits = this.#rate(String(raw["id"]), Number(raw["bytesSent"] ?? 0));
        if (raw["kind"] === "video") {
          figures.video += bits;
          figures.width = Number(raw["frameWidth"] ?? 0);
          figures.height = Number(raw["frameHeight"] ?? 0);
        } else {
          figures.audio += bits;
        }
      } else if (raw["type"] === "remote-inbound-rtp") {
        figures.loss = Math.max(figures.loss, Number(raw["fractionLost"] ?? 0));
      }
    });
    this.figures = figures;
  }

  #rate(id: string, bytes: number): number {
    const now = performance.now();
    const before = this.#sent.get(id);
    this.#sent.set(id, { bytes, at: now });
    return before ? Math.max(0, ((bytes - before.bytes) * 8000) / (now - before.at)) : 0;
  }
}
