import { size as large } from "../format";
import { number, t } from "../i18n";
import { francsPerHour, megabytesPerHour, type Offer, type Picture } from "./cost";

/** "about 18 MB, 20 F an hour". */
export function hourly(bits: number, gigabyte: number): string {
  return t("about {mb} MB an hour, {francs} F", {
    mb: number(Math.round(megabytesPerHour(bits))),
    francs: number(francsPerHour(bits, gigabyte)),
  });
}

/** "about 25 MB, 25 F for the whole", of so many hours. */
export function whole(bits: number, hours: number, gigabyte: number): string {
  return t("about {mb} MB, {francs} F for the whole", {
    mb: number(Math.max(1, Math.round(megabytesPerHour(bits) * hours))),
    francs: number(Math.max(1, Math.round(francsPerHour(bits, gigabyte) * hours))),
  });
}

/** "240p"; what the hall sends says so. */
export function size(height: number, source: boolean): string {
  return source ? t("{n}p, as sent", { n: height }) : t("{n}p", { n: height });
}

/** The picture that a device which spares data begins with, or the largest. */
export function usual(offer: Offer, thrifty: boolean): Picture {
  const { pictures } = offer;
  return (thrifty ? pictures[0] : pictures.at(-1)) ?? { height: 0, bits: offer.sound };
}

/** "12 s", "3 min". */
export function span(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 90 ? t("{n} s", { n: whole }) : t("{n} min", { n: Math.round(whole / 60) });
}

/** "0.4 MB", "45 MB", "1.2 GB". */
export function used(bytes: number): string {
  if (bytes >= 1e7) return large(bytes);
  return t("{n} MB", { n: number(bytes / 1e6, { maximumFractionDigits: 1 }) });
}
