/** Bits per second of what one may choose. */
export interface Rates {
  audio: number;
  video: number;
}

/** Until the playlist has said: speech in AAC, and 720p as the studio sends it. */
export const USUAL: Rates = { audio: 40_000, video: 1_600_000 };

/** The rates that a multivariant playlist announces (RFC 8216 section 4.3.4.2). */
export function announced(playlist: string): Rates {
  const rates = { ...USUAL };
  for (const [, attributes] of playlist.matchAll(/^#EXT-X-STREAM-INF:(.*)$/gm)) {
    const bits = Number(
      /AVERAGE-BANDWIDTH=(\d+)/.exec(attributes ?? "")?.[1] ??
        /BANDWIDTH=(\d+)/.exec(attributes ?? "")?.[1],
    );
    if (!bits) continue;
    const picture = /RESOLUTION=|CODECS="[^"]*(avc|hvc|hev|av01|vp09)/.test(attributes ?? "");
    if (picture) rates.video = bits;
    else rates.audio = bits;
  }
  return rates;
}

/** Ask the playlist; what it does not say is as usual. Never fails. */
export async function rates(address: string): Promise<Rates> {
  try {
    const answer = await fetch(address);
    return answer.ok ? announced(await answer.text()) : USUAL;
  } catch {
    return USUAL;
  }
}

/** Megabytes of an hour, of 10^6 bytes, with the tenth that protocols add. */
export function megabytesPerHour(bits: number): number {
  return (bits * 1.1 * 3600) / 8 / 1e6;
}

/** Francs for an hour at `gigabyte` francs a gigabyte; rounded as people say it. */
export function francsPerHour(bits: number, gigabyte: number): number {
  const francs = (megabytesPerHour(bits) / 1000) * gigabyte;
  if (francs < 10) return Math.max(1, Math.round(francs));
  return francs < 100 ? Math.round(francs / 5) * 5 : Math.round(francs / 10) * 10;
}

interface NetworkInformation {
  saveData?: boolean;
  type?: string;
  effectiveType?: string;
}

/** Whether data is dear here: the phone asks to save it, or is on a mobile or slow network. */
export function dataIsDear(): boolean {
  const network = (navigator as Navigator & { connection?: NetworkInformation }).connection;
  if (!network) return false;
  return (
    network.saveData === true ||
    network.type === "cellular" ||
    ["slow-2g", "2g", "3g"].includes(network.effectiveType ?? "")
  );
}
