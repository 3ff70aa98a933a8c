import type { Method } from "./methods";

/** Whether the browser's own player lets one go back while it is live. Safari does; Chromium 156
 * names neither the beginning nor the present of what it plays live. */
function seeksLive(): boolean {
  return "getStartDate" in HTMLMediaElement.prototype;
}

/**
 * Ways of playing, best first. A picture goes through hls.js: only so can it be made smaller by hand and
 * be taken away to save the sound. Sound alone is the browser's own business, which costs no
 * library and plays on behind a locked screen; but not for those who take part, who need the low
 * latency that few browsers have by themselves, nor live where the browser cannot go back.
 */
export function ranked(
  able: readonly Method[],
  { picture, prompt, live }: { picture: boolean; prompt: boolean; live: boolean },
): Method[] {
  const own = !picture && !prompt && (!live || seeksLive());
  const first: Method = own ? "native" : "hls.js";
  return [...able].sort((a, b) => Number(b === first) - Number(a === first));
}
