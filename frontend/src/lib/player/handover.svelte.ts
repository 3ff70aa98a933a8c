import { USUAL } from "./cost";
import type { Deck, Face, Rendition, Trouble } from "./deck";
import type { Latest } from "./latest";
import { uptime, type Movement } from "./movement";
import { Guard, recovered } from "./pilot";
import type { Tempo } from "./tempo.svelte";

/** Why there is sound alone although a picture was asked for. */
export type Reduced = "network" | "hidden" | null;

/** What plays, as far as the change between sound and picture needs it. */
export interface Playing {
  readonly live: boolean;
  readonly deck: Deck | null;
  /** Whether it should be going. */
  readonly wanted: boolean;
  readonly wants: Face;
  readonly shows: Face;
  readonly following: boolean;
  readonly silent: boolean;
  /** The picture was opened for low latency. */
  readonly near: boolean;
  readonly online: boolean;
  readonly height: number | null;
  readonly renditions: readonly Rendition[];
  readonly tempo: Tempo;
  readonly movement: Movement;
  /** A deck beside the one that plays. */
  make(face: Face, start: number | null, timed: boolean): Promise<Deck | null>;
  /** From now on this one is heard. */
  hear(face: Face, deck: Deck): void;
}

interface Next {
  face: Face;
  deck: Deck;
  since: number;
  /** It is tried by itself: a picture that had to go, and may not carry yet. */
  tried: boolean;
  aligned: boolean;
}

/** How long a picture may take to load beside the sound before it is given up. Seconds. */
const TRY_S = 10;
/** The same where a person has asked for it. Seconds. */
const ASKED_S = 15;

/** Changes between sound and picture without silence: what is to play is prepared beside what
 * plays, and takes over at the same moment of the hall. */
export class Handover {
  reduced = $state<Reduced>(null);
  /** The network did not carry the hall's picture in parts: smaller ones, without, may do. */
  weak = false;
  /** The picture is being loaded beside the sound. */
  returning = $state(false);
  #next: Next | null = null;
  #guard = new Guard();

  /** `latest`: what is begun here gives up what opens, and the other way round. */
  constructor(
    private readonly playing: Playing,
    private readonly latest: Latest,
  ) {}

  get busy(): boolean {
    return this.#next !== null;
  }

  /** Change to it, because a person asked or nobody sees the picture. */
  to(face: Face): void {
    this.#prepare(face, false);
  }

  /** Bring back the picture that made room for the sound. */
  restore(): void {
    const { wants, shows } = this.playing;
    if (wants !== "picture" || shows !== "sound") return;
    this.forgive();
    this.to("picture");
  }

  /** The network is another one. */
  renewed(): void {
    this.weak = false;
    this.forgive();
  }

  /** What failed before says nothing. */
  forgive(): void {
    this.#guard.reset();
  }

  /** Give up what is being prepared. */
  drop(): void {
    this.latest.begin();
    const next = this.#next;
    this.#next = null;
    this.returning = false;
    next?.deck.destroy();
    if (next?.face === "sound") this.#goOn();
  }

  /** Take the picture away, and let the sound go on. */
  takePicture(why: Exclude<Reduced, null>): void {
    const { deck, shows } = this.playing;
    if (shows === "sound" || this.reduced || !deck) return;
    // What plays by itself in Safari protects its sound itself, and knows no other deck.
    if (deck.method === "native" && why === "network") return;
    this.reduced = why;
    if (why === "network") this.weak = true;
    this.#guard.taken(uptime());
    this.to("sound");
  }

  /** The page was hidden, or is seen again. */
  seen(): void {
    if (!this.playing.wanted || this.playing.wants !== "picture") return;
    // Telephones stop pictures behind a locked screen, and nobody sees them: the sound goes on.
    if (document.hidden && matchMedia("(pointer: coarse)").matches) this.takePicture("hidden");
    else if (!document.hidden && this.reduced === "hidden") {
      this.reduced = null;
      this.to("picture");
    }
  }

  /** Whether the trouble is that of what is being prepared, and so no other's. */
  concerns(deck: Deck, trouble: Trouble): boolean {
    if (this.#next?.deck !== deck) return false;
    if (trouble !== "network") this.drop();
    return true;
  }

  /** Several times a second, while it should be playing. */
  tick(deck: Deck, now: number): void {
    this.#protect(deck, now);
    if (this.#next && this.#ready(this.#next, deck, now)) void this.#swap(this.#next, deck);
  }

  #prepare(face: Face, tried: boolean): void {
    this.drop();
    if (this.playing.shows === face) return;
    const { deck: old, live, following } = this.playing;
    const current = this.latest.begin();
    const seconds = old?.element.currentTime ?? null;
    const timed = (old?.wall() ?? null) !== null;
    if (face === "sound") old?.hold(true);
    this.returning = face === "picture";
    void this.playing.make(face, live && following ? null : seconds, timed).then((deck) => {
      if (!current() || !this.playing.wanted) return deck?.destroy();
      if (!deck) return this.#giveUp(face);
      deck.element.muted = true;
      this.#next = { face, deck, since: uptime(), tried, aligned: false };
    });
  }

  /** What was to take over could not be made: go on with what there is. */
  #giveUp(face: Face): void {
    this.returning = false;
    if (face === "picture") this.#guard.failed(uptime());
    else this.#goOn();
  }

  /** The picture stays. */
  #goOn(): void {
    this.reduced = null;
    this.playing.deck?.hold(false);
  }

  /** Whether what is prepared can take over; given up here if it takes too long. */
  #ready(next: Next, old: Deck, now: number): boolean {
    const { deck, face, since } = next;
    const loaded = deck.element.readyState;
    if (loaded >= 1 && !next.aligned) {
      next.aligned = true;
      const wall = old.wall();
      if (wall !== null) deck.seekWall(wall + 300);
    }
    if (!next.tried) {
      if (loaded < 3 && now - since > ASKED_S && face === "picture") this.drop();
      return loaded >= 3;
    }
    const heard = old.buffer()?.ahead ?? 9;
    if (now - since > TRY_S || (heard < 0.8 && now - since > 2)) {
      this.drop();
      this.#guard.failed(now);
      return false;
    }
    const view = deck.buffer();
    if (!view || loaded < 3) return false;
    const needed = this.playing.renditions[0]?.bits ?? USUAL.pictures[0]?.bits ?? 0;
    return recovered(view.ahead, view.ahead + view.missing, deck.speed(), needed);
  }

  async #swap({ face, deck }: Next, old: Deck): Promise<void> {
    const { element } = deck;
    this.playing.tempo.apply(element);
    const wall = old.wall();
    // What is heard now is heard on: to the moment that the new element will have reached.
    const stands = old.element.paused || old.element.readyState < 3;
    if (wall !== null) deck.seekWall(wall + (stands ? 0 : 120));
    try {
      await element.play();
    } catch {
      this.drop();
      return;
    }
    if (this.#next?.deck !== deck) return;
    this.#next = null;
    this.returning = false;
    this.playing.hear(face, deck);
    old.destroy();
    if (face === "picture") {
      this.reduced = null;
      this.forgive();
    }
  }

  #protect(deck: Deck, now: number): void {
    const { wants, shows, online, silent, near, movement, height, renditions } = this.playing;
    if (wants !== "picture") return;
    if (shows === "sound") {
      const quiet = !this.busy && !this.returning && !document.hidden;
      if (this.reduced === "network" && quiet && online && this.#guard.due(now)) {
        this.#prepare("picture", true);
      }
      return;
    }
    const view = deck.buffer();
    // It has just begun: the first seconds of a buffer are always short.
    if (!view || this.busy || silent || !movement.settled(now)) return;
    const [smallest] = renditions;
    const smaller = height === null && smallest !== undefined && deck.shown() !== smallest.index;
    const sight = { ...view, playing: true, online, smaller };
    if (this.#guard.starves(sight, now, near)) this.takePicture("network");
  }
}
