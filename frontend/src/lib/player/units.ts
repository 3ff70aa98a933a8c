import { size as large } from "../format";
import { number, t } from "../i18n";

/** "240p"; what the hall sends says so. */
export function size(height: number, source: boolean): string {
  return source ? t("{n}p, as sent", { n: height }) : t("{n}p", { n: height });
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
