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

/** The picture that a device which spares data begins with, or the largest. */
export function usual(offer: Offer, thrifty: boolean): Picture {
  const { pictures } = offer;
  return (thrifty ? pictures[0] : pictures.at(-1)) ?? { height: 0, bits: offer.sound };
}
