// What concerns me alone in a sitting, as the room needs to know it.

import type { MyQuestion, MySanction } from "../../generated/protocol";

/** When slow mode lets me ask again, milliseconds since 1970; 0: at once. */
export function nextQuestionAt(mine: Iterable<MyQuestion>, slow_s: number): number {
  if (slow_s === 0) return 0;
  let last = -Infinity;
  for (const question of mine) last = Math.max(last, question.submitted_at);
  return last === -Infinity ? 0 : last + slow_s * 1000;
}

/** Whether a sanction holds at `now`. */
export function holds(sanction: MySanction, now: number): boolean {
  return !sanction.lifted && (sanction.until === null || sanction.until > now);
}

/** Whether a sanction keeps me from taking part at `now`. */
export function barred(mine: Iterable<MySanction>, now: number): boolean {
  return [...mine].some((one) => one.kind !== "warning" && holds(one, now));
}
