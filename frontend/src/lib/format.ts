import { locale, number, t } from "./i18n";

/** Wall clocks are the town hall's, wherever one watches from. */
const TIME_ZONE = "Africa/Porto-Novo";

/** The clock of every row: made once for a language. */
let clocks: { of: string; format: Intl.DateTimeFormat } | undefined;

/** As the pages of the server write it: "14 h 32", "15 h" in French. */
function hours(text: string): string {
  if (locale() !== "fr") return text;
  return text.replace(/0?(\d+):(\d\d)/, (_, hour: string, minute: string) =>
    minute === "00" ? `${hour}\u00a0h` : `${hour}\u00a0h\u00a0${minute}`,
  );
}

/** "14 h 32" in French, "14:32" in English. */
export function clock(at: number): string {
  if (clocks?.of !== locale()) {
    const hands = { hour: "2-digit", minute: "2-digit", timeZone: TIME_ZONE } as const;
    clocks = { of: locale(), format: new Intl.DateTimeFormat(locale(), hands) };
  }
  return hours(clocks.format.format(at));
}

/** "mardi 24 novembre à 14 h 32". */
export function day(at: number): string {
  return hours(
    new Intl.DateTimeFormat(locale(), {
      weekday: "long",
      day: "numeric",
      month: "long",
      hour: "2-digit",
      minute: "2-digit",
      timeZone: TIME_ZONE,
    }).format(at),
  );
}

/** "24 novembre 2026", of milliseconds since 1970 or of a day as `YYYY-MM-DD`. */
export function date(at: number | string): string {
  // A day has no clock: noon is the same day in every zone that matters.
  const moment = typeof at === "string" ? Date.parse(`${at}T12:00:00Z`) : at;
  return new Intl.DateTimeFormat(locale(), {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: TIME_ZONE,
  }).format(moment);
}

/** "1:02:03" or "2:03", of seconds. */
export function stopwatch(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** "3 min", "2 h": how long something has waited. */
export function wait(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 1) return t("less than a minute");
  if (minutes < 60) return t("{n} min", { n: minutes });
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? t("{n} h", { n: hours }) : t("{n} days", { n: Math.floor(hours / 24) });
}

/** The same where there is little room: "< 1 min". */
export function briefly(ms: number): string {
  return ms < 60_000 ? t("< 1 min") : wait(ms);
}

/** "1.2 GB", "45 MB", of bytes (powers of ten, as operators bill). */
export function size(bytes: number): string {
  if (bytes >= 1e9) return t("{n} GB", { n: number(bytes / 1e9, { maximumFractionDigits: 1 }) });
  return t("{n} MB", { n: number(Math.round(bytes / 1e6)) });
}

/** "1.5 Mbit/s", "32 kbit/s". */
export function bitrate(bits: number): string {
  return bits >= 1e6
    ? t("{n} Mbit/s", { n: number(bits / 1e6, { maximumFractionDigits: 1 }) })
    : t("{n} kbit/s", { n: number(Math.round(bits / 1000)) });
}

/** French punctuation stays on the line of its word: its spaces do not break. */
export function typeset(text: string): string {
  return text.replace(/ (?=[?!:;»])/g, "\u00a0").replace(/« /g, "«\u00a0");
}

/** Whole percents. */
export function percent(part: number, whole: number): number {
  return whole > 0 ? Math.round((100 * part) / whole) : 0;
}
