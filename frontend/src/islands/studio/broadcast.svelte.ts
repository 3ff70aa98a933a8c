import { backoff } from "../../lib/timeline/backoff";
import { Wake } from "../../lib/wake";
import { publish, type Kind, type Publication, type Tracks } from "../../lib/whip/publish";
import { Trouble } from "../../lib/whip/trouble";
import { Uplink, type Measure } from "../../lib/whip/uplink";

/** `idle`; `connecting`; `on`; `waiting`: trying again by itself. */
export type BroadcastState = "idle" | "connecting" | "on" | "waiting";

export interface Figures {
  video: number;
  audio: number;
  width: number;
  height: number;
  /** Share of packets that were lost on the way, 0 to 1. */
  loss: number;
  /** What the browser thinks it could send, bits per second; null where it does not say. */
  available: number | null;
  /** Pictures a second. */
  rate: number;
  /** Sent smaller than the camera gives, because of the line or the processor. */
  reduced: "line" | "processor" | null;
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
  #tracks: Tracks = { audio: null, video: null };
  readonly #uplink = new Uplink();
  #wanted = false;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #stats: ReturnType<typeof setInterval> | undefined;
  readonly #wake = new Wake();
  #sent = new Map<string, { bytes: number; at: number }>();

  constructor(private readonly tokens: string) {}

  async start(tracks: Tracks): Promise<void> {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#tracks = { ...tracks };
    this.#failures = 0;
    window.addEventListener("online", this.#hurry);
    this.#wake.on = true;
    await this.#connect();
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#retry);
    window.removeEventListener("online", this.#hurry);
    this.#wake.on = false;
    this.state = "idle";
    this.since = null;
    await this.#leave();
  }

  /** Send another camera or microphone, or none, without interrupting. */
  async replace(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    this.#tracks[kind] = track;
    const publication = this.#publication;
    if (!publication) return;
    await publication.replace(kind, track);
    if (kind === "video") await publication.shape(this.#uplink.step);
  }

  /** The largest picture to be sent, by its step. */
  async limit(step: number): Promise<void> {
    this.#uplink.most = step;
    await this.#publication?.shape(this.#uplink.step);
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#retry);
    if (!this.#wanted) return;
    this.state = "connecting";
    this.#uplink.begin();
    try {
      const publication = await publish(this.tokens, this.#tracks, this.#uplink.step, (trouble) =>
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

  async #measure(): Promise<void> {
    const publication = this.#publication;
    const report = await publication?.connection.getStats();
    if (!publication || !report) return;
    const figures: Figures = {
      video: 0,
      audio: 0,
      width: 0,
      height: 0,
      loss: 0,
      available: null,
      rate: 0,
      reduced: null,
    };
    let delay = 0;
    let limited = "";
    report.forEach((raw: Record<string, unknown>) => {
      if (raw["type"] === "outbound-rtp") {
        const bits = this.#rate(String(raw["id"]), Number(raw["bytesSent"] ?? 0));
        if (raw["kind"] === "video") {
          figures.video += bits;
          figures.width = Number(raw["frameWidth"] ?? 0);
          figures.height = Number(raw["frameHeight"] ?? 0);
          figures.rate = Number(raw["framesPerSecond"] ?? 0);
          limited = String(raw["qualityLimitationReason"] ?? "");
        } else {
          figures.audio += bits;
        }
      } else if (raw["type"] === "remote-inbound-rtp") {
        figures.loss = Math.max(figures.loss, Number(raw["fractionLost"] ?? 0));
        delay = Math.max(delay, Number(raw["roundTripTime"] ?? 0));
      } else if (raw["type"] === "candidate-pair" && raw["availableOutgoingBitrate"]) {
        figures.available = Number(raw["availableOutgoingBitrate"]);
      }
    });
    const { loss, available } = figures;
    const measure: Measure = { available, loss, delay, busy: limited === "cpu" };
    if (this.#tracks.video && this.#uplink.measured(measure)) {
      await publication.shape(this.#uplink.step);
    }
    const asked = this.#tracks.video?.getSettings();
    const smaller =
      this.#uplink.settled && figures.width > 0 && figures.width < (asked?.width ?? 0);
    if (smaller) figures.reduced = limited === "cpu" ? "processor" : "line";
    this.figures = figures;
  }

  #rate(id: string, bytes: number): number {
    const now = performance.now();
    const before = this.#sent.get(id);
    this.#sent.set(id, { bytes, at: now });
    return before ? Math.max(0, ((bytes - before.bytes) * 8000) / (now - before.at)) : 0;
  }
}
