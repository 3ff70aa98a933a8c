/**
 * `idle`: nothing was asked for yet; `paused`: the person stopped it; `waiting`: it stands still
 * and goes on by itself; `gesture`: the browser wants a press on play; `unsupported`.
 */
export type Status =
  "idle" | "loading" | "playing" | "paused" | "waiting" | "gesture" | "unsupported";

export interface PlayerOptions {
  /** The multivariant playlist, and that of the sound alone. */
  picture: string;
  sound: string;
  live: boolean;
  /** Seconds to begin from, for what is not live. */
  start: number;
  title: string;
  author: string;
  /** The server's clock, in milliseconds since 1970. */
  clock?: () => number;
}
