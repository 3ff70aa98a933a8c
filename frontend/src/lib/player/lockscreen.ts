// What a telephone's lock screen and a keyboard's media keys show and do (Media Session).

export interface Remote {
  play(): void;
  pause(): void;
  /** Seconds, negative: back. */
  skip(seconds: number): void;
  /** To a second of what `position` counts. */
  seek(seconds: number): void;
}

export interface Place {
  length: number;
  position: number;
  rate: number;
}

const STEP_S = 10;

/** The picture beside the title: the page's own icon, the largest it names. */
function artwork(): MediaImage[] {
  const link =
    document.querySelector<HTMLLinkElement>('link[rel="apple-touch-icon"]') ??
    document.querySelector<HTMLLinkElement>('link[rel~="icon"]');
  return link ? [{ src: link.href }] : [];
}

/** Take the lock screen; the answer gives it back. */
export function lockScreen(title: string, artist: string, remote: Remote): () => void {
  if (!("mediaSession" in navigator) || typeof MediaMetadata === "undefined") return () => {};
  const session = navigator.mediaSession;
  session.metadata = new MediaMetadata({ title, artist, album: "Palabre", artwork: artwork() });
  const handlers: [MediaSessionAction, MediaSessionActionHandler][] = [
    ["play", () => remote.play()],
    ["pause", () => remote.pause()],
    ["stop", () => remote.pause()],
    ["seekbackward", (details) => remote.skip(-(details.seekOffset ?? STEP_S))],
    ["seekforward", (details) => remote.skip(details.seekOffset ?? STEP_S)],
    ["seekto", (details) => details.seekTime != null && remote.seek(details.seekTime)],
  ];
  const set = (action: MediaSessionAction, handler: MediaSessionActionHandler | null): void => {
    try {
      session.setActionHandler(action, handler);
    } catch {
      // An action that this browser does not know.
    }
  };
  for (const [action, handler] of handlers) set(action, handler);
  return () => {
    for (const [action] of handlers) set(action, null);
    session.metadata = null;
    session.playbackState = "none";
  };
}

export function showPlace(playing: boolean, place: Place): void {
  if (!("mediaSession" in navigator)) return;
  navigator.mediaSession.playbackState = playing ? "playing" : "paused";
  const { length, position, rate } = place;
  if (!Number.isFinite(length) || length <= 0) return;
  try {
    navigator.mediaSession.setPositionState({
      duration: length,
      position: Math.min(Math.max(0, position), length),
      playbackRate: rate,
    });
  } catch {
    // Not everywhere.
  }
}
