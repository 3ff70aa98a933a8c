import { backoff } from "../timeline/backoff";
import { Wake } from "../wake";
import { USUAL, type Offer } from "./cost";
import type { Deck, Rendition, Trouble } from "./deck";
import type { HlsDeck } from "./hls";
import { lockScreen, showPlace } from "./lockscreen";
import { methods, ranked, type Method } from "./methods";
import { NativeDeck } from "./native";
import { Guard, pace, recovered } from "./pilot";
import { saving } from "./saving.svelte";
import { Usage } from "./usage.svelte";

export type Face = "sound" | "picture";

/**
 * `idle`: nothing was asked for yet; `paused`: the person stopped it; `waiting`: it stands still
 * and goes on by itself; `gesture`: the browser wants a press on play; `unsupported`.
 */
export type Status =
  "idle" | "loading" | "playing" | "paused" | "waiting" | "gesture" | "unsupported";

/** Why there is sound alone although a picture was asked for. */
export type Reduced = "network" | "hidden" | null;

export interface PlayerOptions {
  /** The multivariant playlist, and that of the sound alone. */
  picture: string;
  sound: string;
  live: boolean;
  /** Seconds to begin from, for what is not live. */
  start: number;
  title: string;
  author: string;
  offer?: Offer;
  /** The server's clock, in milliseconds since 1970. */
  clock?: () => number;
}

/** Where a new deck begins. */
interface Start {
  seconds: number | null;
  wall: number | null;
}

const TICK_MS = 250;
/** Standing still for so long: get it unstuck; for so long: start afresh. Seconds. */
const STUCK_S = 6;
const LOST_S = 15;
/** A way of playing that has not begun after so long does not work here. Seconds. */
const BEGIN_S = 12;
/** The buffer of what has just begun says nothing yet. Seconds. */
const SETTLE_S = 6;
/** How long a picture may take to load beside the sound before it is given up. Seconds. */
const TRY_S = 10;
/** Where live is, where nothing else tells: so far from the end. Seconds. */
const LIVE_S = 6;

/** Plays a sitting: sound and picture in an element each, of which one is heard. */
export class Player {
  status = $state<Status>("idle");
  wants = $state<Face>("sound");
  shows = $state<Face>("sound");
  reduced = $state<Reduced>(null);
  /** The picture is being loaded beside the sound. */
  returning = $state(false);
  online = $state(navigator.onLine);
  /** Seconds of what plays, and the first and last that one may go to. */
  position = $state(0);
  start = $state(0);
  end = $state(0);
  /** Seconds from the end of what is there, of what is live. */
  behind = $state(0);
  /** Keeps to the present; false once one has gone back by hand. */
  following = $state(false);
  /** Seconds behind the hall itself, as far as clocks tell. */
  delay = $state(0);
  speed = $state(1);
  muted = $state(false);
  renditions = $state.raw<readonly Rendition[]>([]);
  /** Height asked for; null: by the network. */
  height = $state<number | null>(null);
  /** Height of what is shown; 0: not known. */
  shown = $state(0);
  /** The publisher is gone: waiting is no fault of this side. */
  silent = false;
  /** Takes part, so wants low latency. */
  prompt = false;
  readonly usage: Usage;
  readonly live: boolean;

  #elements: Record<Face, HTMLMediaElement>;
  #able: Method[];
  #deck: Deck | null = null;
  /** What is about to take the place of `#deck`. */
  #next: { face: Face; deck: Deck; since: number; back: boolean } | null = null;
  #wanted = false;
  #guard = new Guard();
  #moved = { at: 0, position: -1 };
  #nudged = false;
  #begun = false;
  #opened = 0;
  /** When the buffer last began anew: at the start, and where one has gone. */
  #settling = 0;
  #failures = 0;
  #opening = 0;
  #rate = 1;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #Deck: typeof HlsDeck | null = null;
  #Hls: typeof import("hls.js").default | null = null;
  readonly #wake = new Wake();
  readonly #abort = new AbortController();
  readonly #ticking: ReturnType<typeof setInterval>;
  readonly #release: () => void;

  constructor(
    video: HTMLVideoElement,
    audio: HTMLAudioElement,
    private readonly options: PlayerOptions,
  ) {
    this.live = options.live;
    this.following = options.live;
    this.position = options.start;
    this.#elements = { sound: audio, picture: video };
    this.#able = methods(audio);
    this.usage = new Usage(options.picture.slice(0, options.picture.lastIndexOf("/") + 1));
    if (this.#able.length === 0) this.status = "unsupported";
    for (const [face, element] of Object.entries(this.#elements))
      this.#watch(face as Face, element);
    const signal = this.#abort.signal;
    window.addEventListener("online", () => this.#back(), { signal });
    window.addEventListener("offline", () => (this.online = false), { signal });
    const network = (navigator as Navigator & { connection?: EventTarget }).connection;
    network?.addEventListener?.("change", () => this.#back(), { signal });
    document.addEventListener("visibilitychange", () => this.#hidden(), { signal });
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
    this.#release = lockScreen(options.title, options.author, {
      play: () => this.play(),
      pause: () => this.pause(),
      skip: (seconds) => this.skip(seconds),
      seek: (seconds) => this.seek(this.start + seconds),
    });
  }

  close(): void {
    this.#wanted = false;
    this.#abort.abort();
    clearInterval(this.#ticking);
    clearTimeout(this.#retry);
    this.#opening++;
    this.#next?.deck.destroy();
    this.#deck?.destroy();
    this.#next = this.#deck = null;
    this.#wake.on = false;
    this.#release();
    this.usage.close();
  }

  // ── what people do ────────────────────────────────────────────────────────────────────────

  play(face: Face = this.wants): void {
    if (this.status === "unsupported") return;
    this.#wanted = true;
    this.#guard.reset();
    if (face !== this.wants || !this.#deck) {
      this.wants = face;
      this.reduced = null;
      if (this.#deck) this.#handOver(face, true);
      else void this.#open(face, { seconds: this.live ? null : this.position, wall: null });
    } else {
      void this.#start(this.#deck.element);
    }
  }

  pause(): void {
    this.#wanted = false;
    this.#drop();
    this.#deck?.element.pause();
    this.status = this.#deck ? "paused" : "idle";
    // One who has stopped may pay for no more.
    if (saving.on) this.#deck?.hold(true);
  }

  toggle(): void {
    if (this.#wanted && this.status !== "gesture") this.pause();
    else this.play();
  }

  skip(seconds: number): void {
    this.seek(this.position + seconds);
  }

  /** To a second between `start` and `end`. */
  seek(seconds: number): void {
    const deck = this.#deck;
    const present = deck?.present() ?? this.end - LIVE_S;
    this.following = this.live && seconds > present - 1;
    if (!deck) {
      this.position = seconds;
      return;
    }
    this.#settling = uptime();
    if (this.following) return this.toLive();
    deck.element.currentTime = Math.min(Math.max(seconds, this.start), this.end);
    this.position = deck.element.currentTime;
    this.#setRate(1);
  }

  toLive(): void {
    this.following = true;
    this.#settling = uptime();
    const present = this.#deck?.present();
    if (present == null || !this.#deck) {
      if (this.#deck) this.#rebuild();
    } else {
      this.#deck.element.currentTime = present;
    }
    if (this.#deck && this.#wanted) void this.#start(this.#deck.element);
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    this.#setRate(speed);
  }

  mute(muted = !this.muted): void {
    this.muted = muted;
    if (this.#deck) this.#deck.element.muted = muted;
  }

  /** A size by hand; null: by the network. */
  choose(height: number | null): void {
    this.height = height;
    if (this.#deck && this.shows === "picture") this.#applyHeight(this.#deck);
  }

  // ── decks ─────────────────────────────────────────────────────────────────────────────────

  #watch(face: Face, element: HTMLMediaElement): void {
    const mine = (): boolean => this.#deck?.element === element;
    const on = (name: string, act: () => void): void =>
      element.addEventListener(name, () => mine() && act(), { signal: this.#abort.signal });
    on("playing", () => {
      if (this.#wanted) this.status = "playing";
    });
    on("pause", () => {
      // Ends and errors pause too: only a press, on the page or on the lock screen, is a wish.
      // One that starts afresh has paused, and plays already.
      if (!element.paused) return;
      if (!this.#wanted || element.error || element.ended || this.#next) return;
      if (document.hidden && face === "picture") this.#take("hidden");
      else this.pause();
    });
    on("play", () => {
      if (!this.#wanted) this.play();
    });
    on("waiting", () => {
      if (this.#wanted) this.status = this.#begun ? "waiting" : "loading";
    });
    on("ended", () => {
      if (this.live) return;
      this.#wanted = false;
      this.status = "paused";
    });
  }

  async #open(face: Face, start: Start): Promise<void> {
    this.#drop();
    const opening = ++this.#opening;
    clearTimeout(this.#retry);
    this.#deck?.destroy();
    this.#deck = null;
    this.shows = face;
    this.status = this.#failures > 0 ? "waiting" : "loading";
    this.#begun = this.#nudged = false;
    this.#opened = uptime();
    this.#moved = { at: uptime(), position: -1 };
    const element = this.#elements[face];
    this.#other(face).pause();
    const deck = await this.#make(face, start, false);
    if (opening !== this.#opening) {
      if (deck && deck !== this.#deck) deck.destroy();
      return;
    }
    if (!deck) {
      if (this.#able.length === 0) this.status = "unsupported";
      else this.#later(start);
      return;
    }
    this.#deck = deck;
    this.#opened = uptime();
    element.muted = this.muted;
    this.#applyRate(element);
    this.#settling = uptime();
    if (this.#wanted) await this.#start(element);
  }

  /** Null when it could not be loaded, or nothing is able. `known`: only what knows the time. */
  async #make(face: Face, start: Start, known: boolean): Promise<Deck | null> {
    const [method] = ranked(this.#able, {
      picture: face === "picture" || known,
      prompt: this.prompt,
      live: this.live,
    });
    if (!method) return null;
    const element = this.#elements[face];
    let deck: Deck | null = null;
    const options = {
      address: face === "picture" ? this.options.picture : this.options.sound,
      live: this.live,
      start: start.seconds,
      thrifty: saving.on,
      prompt: this.prompt && !saving.on,
      onTrouble: (trouble: Trouble) => this.#trouble(deck, trouble),
      onArrival: () => this.#arrival(deck),
      onRenditions: (renditions: readonly Rendition[]) => {
        if (face !== "picture") return;
        this.renditions = [...renditions].sort((a, b) => a.bits - b.bits);
        if (deck) this.#applyHeight(deck);
      },
      onBytes: (bytes: number) => this.usage.told(bytes),
    };
    if (method === "native") return (deck = new NativeDeck(element, options));
    try {
      const [library, ours] = await Promise.all([import("hls.js"), import("./hls")]);
      this.#Hls = library.default;
      this.#Deck = ours.HlsDeck;
    } catch {
      // The library did not arrive; the network is the likely reason.
      return null;
    }
    if (this.#abort.signal.aborted) return null;
    return (deck = new this.#Deck(this.#Hls, element, options));
  }

  #other(face: Face): HTMLMediaElement {
    return this.#elements[face === "sound" ? "picture" : "sound"];
  }

  #applyHeight(deck: Deck): void {
    const found = this.renditions.find((one) => one.height === this.height);
    if (this.height === null && deck.shown() === -1) return;
    deck.choose(found?.index ?? -1);
  }

  async #start(element: HTMLMediaElement): Promise<void> {
    if (saving.on) this.#deck?.hold(false);
    try {
      await element.play();
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError" && this.#wanted) {
        this.status = "gesture";
      }
    }
  }

  #now(): Start {
    const following = this.live && this.following;
    const at = this.#deck?.element.currentTime || this.position;
    return { seconds: following ? null : at, wall: this.#deck?.wall() ?? null };
  }

  /** Begin again from where we are; later each time. */
  #rebuild(): void {
    this.#failures++;
    this.#later(this.#now());
  }

  #later(start: Start): void {
    if (!this.#wanted && this.status !== "loading") return;
    this.status = "waiting";
    clearTimeout(this.#retry);
    this.#moved.at = uptime();
    const wait = 300 + backoff(this.#failures, { cap: 8000 });
    this.#retry = setTimeout(() => void this.#open(this.shows, start), wait);
  }

  // ── handing over between sound and picture, without silence ───────────────────────────────

  /** `hand`: a person asked for it. */
  #handOver(face: Face, hand: boolean): void {
    if (this.shows === face) {
      this.#drop();
      return;
    }
    this.#drop();
    const opening = ++this.#opening;
    const old = this.#deck;
    const from = { seconds: old?.element.currentTime ?? null, wall: old?.wall() ?? null };
    if (face === "sound") old?.hold(true);
    this.returning = face === "picture";
    const at: Start = { ...from, seconds: this.live && this.following ? null : from.seconds };
    void this.#make(face, at, from.wall !== null).then((deck) => {
      if (opening !== this.#opening || !this.#wanted) return deck?.destroy();
      if (!deck) return this.#giveUp(face);
      deck.element.muted = true;
      this.#next = { face, deck, since: uptime(), back: !hand };
    });
  }

  /** What was to take over does not come: go on with what there is. */
  #giveUp(face: Face): void {
    this.returning = false;
    if (face === "picture") return this.#guard.failed(uptime());
    this.reduced = null;
    this.#deck?.hold(false);
  }

  /** Bring back the picture that made room for the sound. */
  restore(): void {
    if (this.wants !== "picture" || this.shows !== "sound") return;
    this.#guard.reset();
    this.#handOver("picture", true);
  }

  /** Look whether what was prepared can take over. */
  #change(now: number): void {
    const next = this.#next;
    const old = this.#deck;
    if (!next || !old) return;
    const { deck, face } = next;
    const wall = old.wall();
    if (deck.element.readyState >= 1 && !("aligned" in next)) {
      Object.assign(next, { aligned: true });
      if (wall !== null) deck.seekWall(wall + 300);
    }
    const view = deck.buffer();
    const heard = old.buffer();
    if (next.back) {
      const needed = this.renditions[0]?.bits ?? USUAL.pictures[0]?.bits ?? 0;
      const sound = heard?.ahead ?? 9;
      const edge = view ? view.ahead + view.missing : 0;
      if (now - next.since > TRY_S || (sound < 0.8 && now - next.since > 2)) {
        this.#drop();
        this.#guard.failed(now);
        return;
      }
      if (
        deck.element.readyState < 3 ||
        !view ||
        !recovered(view.ahead, edge, deck.speed(), needed)
      )
        return;
    } else if (deck.element.readyState < 3) {
      if (now - next.since > LOST_S && face === "picture") this.#drop();
      return;
    }
    void this.#swap(face, deck, old);
  }

  async #swap(face: Face, deck: Deck, old: Deck): Promise<void> {
    const { element } = deck;
    this.#applyRate(element);
    const wall = old.wall();
    // What is heard now is heard on: to the moment that the new element will have reached.
    const stands = old.element.paused || old.element.readyState < 3;
    if (wall !== null) deck.seekWall(wall + (stands ? 0 : 120));
    try {
      await element.play();
    } catch {
      this.#drop();
      return;
    }
    if (this.#next?.deck !== deck) return;
    this.#next = null;
    this.#deck = deck;
    element.muted = this.muted;
    old.destroy();
    this.shows = face;
    this.returning = false;
    this.#begun = true;
    this.#settling = uptime();
    this.#moved = { at: uptime(), position: element.currentTime };
    this.status = "playing";
    if (face === "picture") {
      this.reduced = null;
      this.#guard.reset();
    }
  }

  /** Give up what was being prepared. */
  #drop(): void {
    this.#opening++;
    const next = this.#next;
    this.#next = null;
    this.returning = false;
    next?.deck.destroy();
    if (next?.face === "sound") this.#giveUp("sound");
  }

  /** Take the picture away, and let the sound go on. */
  #take(why: Exclude<Reduced, null>): void {
    if (this.shows === "sound" || this.reduced || !this.#deck) return;
    // What plays by itself in Safari protects its sound itself, and knows no other deck.
    if (this.#deck.method === "native" && why === "network") return;
    this.reduced = why;
    this.#guard.taken(uptime());
    this.#handOver("sound", true);
  }

  #hidden(): void {
    if (!this.#wanted || this.wants !== "picture") return;
    // Telephones stop pictures behind a locked screen, and nobody sees them: the sound goes on.
    if (document.hidden && matchMedia("(pointer: coarse)").matches) this.#take("hidden");
    else if (!document.hidden && this.reduced === "hidden") {
      this.reduced = null;
      this.#handOver("picture", true);
    }
  }

  // ── what happens ──────────────────────────────────────────────────────────────────────────

  #trouble(deck: Deck | null, trouble: Trouble): void {
    if (this.#next?.deck === deck && deck) {
      if (trouble !== "network") this.#drop();
      return;
    }
    if (deck !== this.#deck || !deck) return;
    if (trouble === "network") {
      if (this.status === "loading") this.status = "waiting";
      return;
    }
    if (trouble === "useless") {
      if (this.#able.length > 1) this.#able = this.#able.filter((one) => one !== deck.method);
    }
    this.#rebuild();
  }

  #arrival(deck: Deck | null): void {
    // What was under way, or in a cache, arrives without a network too.
    if (deck === this.#deck) this.online = navigator.onLine;
  }

  /** The network is back, or another one. */
  #back(): void {
    this.online = navigator.onLine;
    if (!this.online) return;
    this.#guard.reset();
    this.#moved.at = this.#settling = uptime();
    if (this.#deck) this.#deck.hurry();
    else if (this.#wanted) void this.#open(this.shows, this.#now());
  }

  #tick(): void {
    const deck = this.#deck;
    if (!deck) return;
    const now = uptime();
    const { element } = deck;
    const range = deck.range();
    if (range) {
      this.start = range.start;
      this.end = Math.max(range.end, element.currentTime);
    }
    if (element.readyState > 0) this.position = element.currentTime;
    this.behind = this.live ? Math.max(0, this.end - this.position) : 0;
    const wall = this.live && !this.silent ? deck.wall() : null;
    const clock = this.options.clock?.() ?? Date.now();
    this.delay = wall === null ? this.behind : Math.max(this.behind, (clock - wall) / 1000);
    const shown = deck.renditions().find((one) => one.index === deck.shown());
    this.shown = this.shows === "picture" ? (shown?.height ?? 0) : 0;
    const running = this.#wanted && !element.paused;
    this.#wake.on = running && this.shows === "picture";
    showPlace(running, {
      length: this.end - this.start,
      position: this.position - this.start,
      rate: this.speed,
    });
    if (running && element.currentTime !== this.#moved.position) {
      if (this.#moved.position >= 0 && element.currentTime > 0) {
        if (deck.method === "native") this.#estimate(now - this.#moved.at);
        this.#begun = true;
        this.#nudged = false;
        if (now - this.#opened > 20) this.#failures = 0;
        if (this.status === "waiting" || this.status === "loading") this.status = "playing";
      }
      this.#moved = { at: now, position: element.currentTime };
    } else if (!running) {
      this.#moved.at = now;
    }
    if (!running) return;
    this.#keepUp(deck);
    this.#protect(deck, now);
    this.#change(now);
    this.#unstick(deck, now);
  }

  #estimate(passed: number): void {
    const offer = this.options.offer ?? USUAL;
    const bits = this.shows === "sound" ? offer.sound : (offer.pictures.at(-1)?.bits ?? 0);
    if (passed < 2) this.usage.played(passed, bits);
  }

  #keepUp(deck: Deck): void {
    if (!this.live || !this.following || this.#next) return;
    const present = deck.present();
    if (present === null || deck.element.readyState < 3) return;
    const wanted = pace(present - deck.element.currentTime, this.prompt, this.#rate);
    if (wanted === "jump") deck.element.currentTime = present;
    else this.#setRate(wanted);
  }

  #setRate(rate: number): void {
    this.#rate = rate;
    if (this.#deck) this.#applyRate(this.#deck.element);
  }

  #applyRate(element: HTMLMediaElement): void {
    const rate = this.live ? this.#rate : this.speed;
    if (element.playbackRate === rate) return;
    element.preservesPitch = true;
    element.defaultPlaybackRate = element.playbackRate = rate;
  }

  #protect(deck: Deck, now: number): void {
    if (this.wants !== "picture") return;
    if (this.shows === "sound") {
      const quiet = !this.#next && !this.returning && !document.hidden;
      if (this.reduced === "network" && quiet && this.online && this.#guard.due(now)) {
        this.#handOver("picture", false);
      }
      return;
    }
    const view = deck.buffer();
    // It has just begun: the first seconds of a buffer are always short.
    if (!view || this.#next || this.silent || !this.#begun || now - this.#settling < SETTLE_S)
      return;
    const smallest = this.renditions[0];
    const smaller =
      this.height === null && smallest !== undefined && deck.shown() !== smallest.index;
    const sight = { ...view, playing: true, online: this.online, smaller };
    if (this.#guard.starves(sight, now, this.prompt && !saving.on)) this.#take("network");
  }

  #unstick(deck: Deck, now: number): void {
    const still = now - this.#moved.at;
    if (still > 1 && this.status === "playing") this.status = "waiting";
    if (!this.online || this.#next) return;
    const view = deck.buffer();
    if (!this.#begun && now - this.#opened > BEGIN_S && !this.silent) {
      // It never began. Another way of playing may; the network is asked again either way.
      if (deck.method === "native" && this.#able.length > 1) {
        this.#able = this.#able.filter((one) => one !== "native");
        this.#rebuild();
        return;
      }
    }
    // All is played that there is: the hall is silent, and starting afresh would not help.
    const dry = this.silent || (deck.method === "hls.js" && view !== null && view.missing < 0.5);
    if (dry && still < LOST_S * 2) return;
    if (still > LOST_S) this.#rebuild();
    else if (still > STUCK_S && !this.#nudged) {
      this.#nudged = true;
      deck.nudge();
    }
  }
}

/** A clock that only grows. */
function uptime(): number {
  return performance.now() / 1000;
}
