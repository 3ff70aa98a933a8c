// How a browser can play, known before any player is loaded.

const MIME = "application/vnd.apple.mpegurl";

export type Method = "native" | "hls.js";

/** What this browser can do. */
export function methods(media: HTMLMediaElement): Method[] {
  const found: Method[] = [];
  if (media.canPlayType(MIME) !== "") found.push("native");
  const source = globalThis.ManagedMediaSource ?? globalThis.MediaSource;
  if (source?.isTypeSupported?.('audio/mp4; codecs="mp4a.40.2"')) found.push("hls.js");
  return found;
}

/** Whether this browser can play the sitting at all. */
export function canPlay(): boolean {
  return methods(document.createElement("audio")).length > 0;
}

declare global {
  // eslint-disable-next-line no-var
  var ManagedMediaSource: typeof MediaSource | undefined;
}
