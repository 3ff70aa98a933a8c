import type { Face } from "./deck";
import { named } from "./visit";

/** What the town hall's line has room for: everything, smaller pictures, or the sound alone. */
export type Given = "full" | "low" | "sound";

/** One size of picture, with what it costs together with its sound. */
export interface Picture {
  height: number;
  /** Bits per second, sound included. */
  bits: number;
}

/** What one may choose from, in bits per second. */
export interface Offer {
  sound: number;
  /** Smallest first; the last one is what the hall sends. */
  pictures: readonly Picture[];
  given: Given;
}

/** Until the playlist has said: speech in AAC, and 720p as the studio sends it. */
export const USUAL: Offer = {
  sound: 40_000,
  pictures: [{ height: 720, bits: 1_600_000 }],
  given: "full",
};

/** What a multivariant playlist offers (RFC 8216 section 4.3.4.2), at its average rates. */
export function offered(playlist: string): Offer {
  let sound = USUAL.sound;
  const found = new Map<number, number>();
  for (const [, attributes = ""] of playlist.matchAll(/^#EXT-X-STREAM-INF:(.*)$/gm)) {
    const bits = Number(
      /AVERAGE-BANDWIDTH=(\d+)/.exec(attributes)?.[1] ?? /BANDWIDTH=(\d+)/.exec(attributes)?.[1],
    );
    if (!bits) continue;
    const size = /RESOLUTION=(\d+)x(\d+)/.exec(attributes);
    if (size) {
      // A telephone held upright sends a tall picture: its name is that of its short side.
      const height = Math.min(Number(size[1]), Number(size[2]));
      found.set(height, Math.max(bits, found.get(height) ?? 0));
    } else if (!/CODECS="[^"]*(avc|hvc|hev|av01|vp09)/.test(attributes)) {
      sound = bits;
    }
  }
  const sorted = [...found].map(([height, bits]) => ({ height, bits }));
  sorted.sort((a, b) => a.bits - b.bits);
  const full = /^#EXT-X-SESSION-DATA:.*DATA-ID="palabre\.uplink".*VALUE="full"/m.test(playlist);
  if (full && sorted.length === 0) return { sound, pictures: [], given: "sound" };
  const pictures = sorted.length > 0 ? sorted : USUAL.pictures;
  return { sound, pictures, given: full ? "low" : "full" };
}

/** Ask the playlist; what it does not say is as usual. Never fails. */
export async function offer(address: string): Promise<Offer> {
  try {
    const answer = await fetch(named(address));
    return answer.ok ? offered(await answer.text()) : USUAL;
  } catch {
    return USUAL;
  }
}

/** What one may choose from, the first choice first: what there is, less what the line has no room
 * for. `thrifty`: data is dear here. */
export function choices(
  has: { has_audio: boolean; has_video: boolean } | undefined,
  { given }: Offer,
  thrifty: boolean,
): Face[] {
  const all: Face[] = thrifty ? ["sound", "picture"] : ["picture", "sound"];
  return all.filter((one) =>
    one === "sound" ? has?.has_audio : has?.has_video && given !== "sound",
  );
}

/** Bits per second of what is heard or seen; of pictures the largest. */
export function bitsOf(offer: Offer, face: Face): number {
  return face === "sound" ? offer.sound : (offer.pictures.at(-1)?.bits ?? 0);
}

/** Megabytes of an hour, of 10^6 bytes, with the tenth that protocols add. */
export function megabytesPerHour(bits: number): number {
  return (bits * 1.1 * 3600) / 8 / 1e6;
}

/** Francs for an hour at `gigabyte` francs a gigabyte; rounded as people say it. */
export function francsPerHour(bits: number, gigabyte: number): number {
  return round((megabytesPerHour(bits) / 1000) * gigabyte);
}

/** Francs for so many bytes. */
export function francs(bytes: number, gigabyte: number): number {
  return bytes > 0 ? round((bytes / 1e9) * gigabyte) : 0;
}

function round(amount: number): number {
  if (amount < 10) return Math.max(1, Math.round(amount));
  return amount < 100 ? Math.round(amount / 5) * 5 : Math.round(amount / 10) * 10;
}
