export type Face = "sound" | "picture";

/** One size of picture that can be had. */
export interface Rendition {
  /** What `choose` wants. */
  index: number;
  height: number;
  /** Bits per second, sound included. */
  bits: number;
}

/** What the player sees of the network and the buffer. Seconds. */
export interface Buffer {
  ahead: number;
  /** From the buffer's end to the end of what there is to load. */
  missing: number;
  /** Age of the playlist in its own intervals. */
  late: number;
}

export type Trouble =
  /** Nothing comes through; it is being tried again. */
  | "network"
  /** What plays cannot go on: start afresh. */
  | "broken"
  /** This way of playing does not work here at all. */
  | "useless";

export interface DeckEvents {
  onTrouble(trouble: Trouble): void;
  /** The network answers. */
  onArrival(): void;
  onRenditions(renditions: readonly Rendition[]): void;
  onBytes(bytes: number): void;
  /** The size of picture that was asked for is not made for the moment. */
  onGone(): void;
}

export interface DeckOptions extends DeckEvents {
  address: string;
  live: boolean;
  /** Where to begin, in the element's seconds; null: at the present, or at the beginning. */
  start: number | null;
  /** Spare data: small buffers, the smallest picture first. */
  thrifty: boolean;
  /** Whether low latency is wanted. */
  prompt: boolean;
}

/** One media element that plays one address, one way. */
export interface Deck {
  readonly method: "native" | "hls.js";
  readonly element: HTMLMediaElement;
  /** When what is playing was captured, in milliseconds since 1970; null where it is not known. */
  wall(): number | null;
  /** Go to what was captured then; false where that is not known. */
  seekWall(at: number): boolean;
  /** First and last second one may go to; null: not known yet. */
  range(): { start: number; end: number } | null;
  /** Where somebody who follows the present should be; null: not known. */
  present(): number | null;
  buffer(): Buffer | null;
  renditions(): readonly Rendition[];
  /** Which of them is shown; -1: not known. */
  shown(): number;
  /** The name of the playlist that is played, without its ending. */
  watched(): string;
  /** Take this one; -1: by the network. */
  choose(index: number): void;
  /** Bits per second that the network was seen to carry; 0: not known. */
  speed(): number;
  /** Load nothing more, or go on. */
  hold(held: boolean): void;
  /** Ask again at once, after the network came back. */
  hurry(): void;
  /** Get unstuck without starting afresh. */
  nudge(): void;
  destroy(): void;
}

/** Played seconds that are in the buffer from here on. */
export function ahead(element: HTMLMediaElement): number {
  const { buffered, currentTime } = element;
  for (let i = 0; i < buffered.length; i++) {
    // Holes of a few milliseconds are jumped over.
    if (buffered.start(i) <= currentTime + 0.1 && buffered.end(i) > currentTime) {
      return buffered.end(i) - currentTime;
    }
  }
  return 0;
}
