import { backoff } from "../timeline/backoff";
import { Wake } from "../wake";
import { Budget } from "./budget.svelte";
import { bitsOf, USUAL, type Offer } from "./cost";
import type { Deck, DeckEvents, Face, Rendition, Trouble } from "./deck";
import { Handover, type Playing } from "./handover.svelte";
import { Latest } from "./latest";
import { lockScreen, showPlace } from "./lockscreen";
import { DeckMaker } from "./maker";
import { Movement, uptime } from "./movement";
import type { PlayerOptions, Status } from "./options";
import { Playhead } from "./playhead.svelte";
import { saving } from "./saving.svelte";
import { heights, isWhole } from "./sizes";
import { Tempo } from "./tempo.svelte";
import { Usage } from "./usage.svelte";

const TICK_MS = 250;
/** How long it is told that a size went. Seconds. */
const GONE_S = 60;
/** Where live is, where nothing else tells: so far from the end. Seconds. */
const LIVE_S = 6;

/** Plays a sitting: sound and picture in an element each, of which one is heard. */
export class Player implements Playing {
  status = $state<Status>("idle");
  wants = $state<Face>("sound");
  shows = $state<Face>("sound");
  online = $state(navigator.onLine);
  /** Keeps to the present; false once one has gone back by hand. */
  following = $state(false);
  muted = $state(false);
  renditions = $state.raw<readonly Rendition[]>([]);
  /** Height asked for; null: by the network. */
  height = $state<number | null>(null);
  /** The size that was asked for by hand is not made for the moment. */
  gone = $state(false);
  /** Height of what is shown; 0: not known. */
  shown = $state(0);
  /** The publisher is gone: waiting is no fault of this side. */
  silent = false;
  /** Takes part, so wants low latency. */
  prompt = false;
  /** What is heard. */
  deck: Deck | null = null;
  wanted = false;
  /** The picture was opened for low latency. */
  near = false;
  offer = $state.raw<Offer>(USUAL);
  readonly live: boolean;
  readonly usage: Usage;
  readonly budget: Budget;
  readonly head: Playhead;
  readonly tempo: Tempo;
  readonly movement = new Movement();
  readonly handover: Handover;

  readonly #elements: Record<Face, HTMLMediaElement>;
  readonly #maker: DeckMaker;
  readonly #latest = new Latest();
  #goneAt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #wake = new Wake();
  readonly #abort = new AbortController();
  readonly #ticking: ReturnType<typeof setInterval>;
  readonly #release: () => void;

  constructor(video: HTMLVideoElement, audio: HTMLAudioElement, options: PlayerOptions) {
    const { live } = options;
    const { signal } = this.#abort;
    this.live = this.following = live;
    this.head = new Playhead(live, options.start, options.clock);
    this.tempo = new Tempo(live);
    this.handover = new Handover(this, this.#latest);
    this.#elements = { sound: audio, picture: video };
    this.#maker = new DeckMaker(this.#elements, options, live, signal);
    const base = options.picture.slice(0, options.picture.lastIndexOf("/") + 1);
    this.usage = new Usage(base);
    this.budget = new Budget(base, signal);
    if (!this.#maker.able) this.status = "unsupported";
    for (const [face, element] of Object.entries(this.#elements))
      this.#watch(face as Face, element);
    window.addEventListener("online", () => this.#back(), { signal });
    window.addEventListener("offline", () => (this.online = false), { signal });
    const network = (navigator as Navigator & { connection?: EventTarget }).connection;
    network?.addEventListener?.("change", () => this.#back(), { signal });
    document.addEventListener("visibilitychange", () => this.handover.seen(), { signal });
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
    this.#release = lockScreen(options.title, options.author, {
      play: () => this.play(),
      pause: () => this.pause(),
      skip: (seconds) => this.skip(seconds),
      seek: (seconds) => this.seek(this.head.start + seconds),
    });
  }

  close(): void {
    this.wanted = false;
    this.#abort.abort();
    clearInterval(this.#ticking);
    clearTimeout(this.#retry);
    this.handover.drop();
    this.deck?.destroy();
    this.deck = null;
    this.#wake.on = false;
    this.#release();
    this.usage.close();
  }

  // ── what people do ────────────────────────────────────────────────────────────────────────

  play(face: Face = this.wants): void {
    if (this.status === "unsupported") return;
    this.wanted = true;
    if (face === "picture") this.gone = false;
    this.handover.forgive();
    if (face !== this.wants || !this.deck) {
      this.wants = face;
      this.handover.reduced = null;
      if (this.deck) this.handover.to(face);
      else void this.#open(face, this.live ? null : this.head.position);
    } else {
      void this.#start(this.deck.element);
    }
  }

  pause(): void {
    this.wanted = false;
    this.handover.drop();
    this.deck?.element.pause();
    this.status = this.deck ? "paused" : "idle";
    // One who has stopped may pay for no more.
    if (saving.on) this.deck?.hold(true);
  }

  toggle(): void {
    if (this.wanted && this.status !== "gesture") this.pause();
    else this.play();
  }

  skip(seconds: number): void {
    this.seek(this.head.position + seconds);
  }

  /** To a second between the first and the last that the head tells. */
  seek(seconds: number): void {
    const { deck, head } = this;
    const present = deck?.present() ?? head.end - LIVE_S;
    this.following = this.live && seconds > present - 1;
    if (!deck) {
      head.position = seconds;
      return;
    }
    this.movement.settles();
    if (this.following) return this.toLive();
    deck.element.currentTime = Math.min(Math.max(seconds, head.start), head.end);
    head.position = deck.element.currentTime;
    this.tempo.calm(deck.element);
  }

  toLive(): void {
    this.following = true;
    this.movement.settles();
    const { deck } = this;
    if (!deck) return;
    const present = deck.present();
    if (present === null) this.#rebuild();
    else deck.element.currentTime = present;
    if (this.wanted) void this.#start(deck.element);
  }

  setSpeed(speed: number): void {
    this.tempo.speed = speed;
    if (this.deck) this.tempo.apply(this.deck.element);
  }

  mute(muted = !this.muted): void {
    this.muted = muted;
    if (this.deck) this.deck.element.muted = muted;
  }

  /** A size by hand; null: by the network. */
  choose(height: number | null): void {
    this.height = height;
    this.gone = false;
    if (!this.deck || this.shows !== "picture") return;
    if (this.near === this.#nearest) this.#applyHeight(this.deck);
    else this.renew();
  }

  /** While only the hall's own picture is played, in parts, the offer has the others. */
  get heights(): readonly number[] {
    const others = this.near && this.offer !== USUAL ? this.offer.pictures : [];
    return heights(this.renditions, others);
  }

  /** Whether the hall's own picture in parts would do: those who take part have little delay. */
  get #nearest(): boolean {
    return this.prompt && !saving.on && !this.handover.weak && isWhole(this.height, this.offer);
  }

  /** Ask for what there is now, from where we are. */
  renew(): void {
    void this.#open(this.shows, this.#place());
  }

  // ── decks ─────────────────────────────────────────────────────────────────────────────────

  #watch(face: Face, element: HTMLMediaElement): void {
    const mine = (): boolean => this.deck?.element === element;
    const on = (name: string, act: () => void): void =>
      element.addEventListener(name, () => mine() && act(), { signal: this.#abort.signal });
    on("playing", () => {
      if (this.wanted) this.status = "playing";
    });
    on("pause", () => {
      // Ends and errors pause too: only a press, on the page or on the lock screen, is a wish.
      // One that starts afresh has paused, and plays already.
      if (!element.paused) return;
      if (!this.wanted || element.error || element.ended || this.handover.busy) return;
      if (document.hidden && face === "picture") this.handover.takePicture("hidden");
      else this.pause();
    });
    on("play", () => {
      if (!this.wanted) this.play();
    });
    on("waiting", () => {
      if (this.wanted) this.status = this.movement.begun ? "waiting" : "loading";
    });
    on("ended", () => {
      if (this.live) return;
      this.wanted = false;
      this.status = "paused";
    });
  }

  async #open(face: Face, start: number | null): Promise<void> {
    this.handover.drop();
    const current = this.#latest.begin();
    clearTimeout(this.#retry);
    this.deck?.destroy();
    this.deck = null;
    this.shows = face;
    this.status = this.movement.failures > 0 ? "waiting" : "loading";
    this.movement.opens();
    this.#elements[face === "sound" ? "picture" : "sound"].pause();
    const deck = await this.make(face, start, false);
    if (!current()) return deck?.destroy();
    if (!deck) {
      if (this.#maker.able) this.#later(start);
      else this.status = "unsupported";
      return;
    }
    this.deck = deck;
    this.movement.opened();
    deck.element.muted = this.muted;
    this.tempo.apply(deck.element);
    if (this.wanted) await this.#start(deck.element);
  }

  async make(face: Face, start: number | null, timed: boolean): Promise<Deck | null> {
    let deck: Deck | null = null;
    const events: DeckEvents = {
      onTrouble: (trouble) => deck && this.#trouble(deck, trouble),
      // What was under way, or in a cache, arrives without a network too.
      onArrival: () => deck === this.deck && (this.online = navigator.onLine),
      onRenditions: (renditions) => {
        if (face !== "picture") return;
        this.renditions = [...renditions].sort((a, b) => a.bits - b.bits);
        if (deck) this.#applyHeight(deck);
      },
      onBytes: (bytes) => this.usage.told(bytes),
      onGone: () => deck && deck === this.deck && this.#gone(deck),
    };
    if (face === "picture") this.near = this.#nearest;
    const prompt = face === "picture" ? this.near : this.prompt;
    deck = await this.#maker.make(face, start, { prompt, timed }, events);
    return deck;
  }

  hear(face: Face, deck: Deck): void {
    this.deck = deck;
    deck.element.muted = this.muted;
    this.shows = face;
    this.movement.taken(deck.element.currentTime);
    this.status = "playing";
  }

  #applyHeight(deck: Deck): void {
    const found = this.renditions.find((one) => one.height === this.height);
    if (this.height !== null && !found && this.renditions.length > 0) return this.#gone(deck);
    if (this.height === null && deck.shown() === -1) return;
    deck.choose(found?.index ?? -1);
  }

  /** Another size, by the network; where data is dear the sound goes on, at no price that nobody
   * was told. */
  #gone(deck: Deck): void {
    this.height = null;
    if (saving.on) this.play("sound");
    else deck.choose(-1);
    this.gone = true;
    this.#goneAt = uptime();
  }

  async #start(element: HTMLMediaElement): Promise<void> {
    if (saving.on) this.deck?.hold(false);
    try {
      await element.play();
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError" && this.wanted) {
        this.status = "gesture";
      }
    }
  }

  /** Where to go on. */
  #place(): number | null {
    if (this.live && this.following) return null;
    return this.deck?.element.currentTime || this.head.position;
  }

  /** Begin again from where we are; later each time. */
  #rebuild(): void {
    this.movement.failures++;
    this.#later(this.#place());
  }

  #later(start: number | null): void {
    if (!this.wanted && this.status !== "loading") return;
    this.status = "waiting";
    clearTimeout(this.#retry);
    this.movement.excuse();
    const wait = 300 + backoff(this.movement.failures, { cap: 8000 });
    this.#retry = setTimeout(() => void this.#open(this.shows, start), wait);
  }

  // ── what happens ──────────────────────────────────────────────────────────────────────────

  #trouble(deck: Deck, trouble: Trouble): void {
    if (this.handover.concerns(deck, trouble) || deck !== this.deck) return;
    if (trouble === "network") {
      if (this.status === "loading") this.status = "waiting";
      return;
    }
    if (trouble === "useless") this.#maker.avoid(deck.method);
    this.#rebuild();
  }

  /** The network is back, or another one. */
  #back(): void {
    this.online = navigator.onLine;
    if (!this.online) return;
    this.handover.renewed();
    this.movement.excuse();
    this.movement.settles();
    if (this.deck) this.deck.hurry();
    else if (this.wanted) void this.#open(this.shows, this.#place());
  }

  #tick(): void {
    const { deck, head, movement } = this;
    if (!deck) return;
    const now = uptime();
    const { element } = deck;
    head.read(deck, this.silent);
    const shown = deck.renditions().find((one) => one.index === deck.shown());
    this.shown = this.shows === "picture" ? (shown?.height ?? 0) : 0;
    const running = this.wanted && !element.paused;
    this.#wake.on = running && this.shows === "picture";
    showPlace(running, {
      length: head.length,
      position: head.position - head.start,
      rate: this.tempo.speed,
    });
    const passed = movement.see(element.currentTime, running, now);
    if (passed !== null) {
      if (deck.method === "native" && passed < 2) {
        this.usage.played(passed, bitsOf(this.offer, this.shows));
      }
      if (this.status === "waiting" || this.status === "loading") this.status = "playing";
    }
    if (!running) return;
    if (this.gone && now - this.#goneAt > GONE_S) this.gone = false;
    this.budget.tick(deck.watched(), now * 1000);
    if (this.live && this.following && !this.handover.busy) this.tempo.keepUp(deck, this.prompt);
    this.handover.tick(deck, now);
    this.#unstick(deck, now);
  }

  #unstick(deck: Deck, now: number): void {
    if (this.movement.still(now) > 1 && this.status === "playing") this.status = "waiting";
    if (!this.online || this.handover.busy) return;
    const { choice } = this.#maker;
    const remedy = this.movement.remedy(deck, now, { silent: this.silent, choice });
    if (remedy === "nudge") deck.nudge();
    else if (remedy === "another way") this.#maker.avoid(deck.method);
    if (remedy === "another way" || remedy === "afresh") this.#rebuild();
  }
}
