// In which order published questions stand.

import type { ExposureState, PublicQuestion, QuestionTally } from "../generated/protocol";

export type Order = "support" | "rising" | "newest";

/** How much attention there has been at `now`, in person-minutes. */
export function attention(exposure: ExposureState | undefined, now: number): number {
  if (!exposure) return 0;
  const minutes = Math.max(0, now - exposure.at) / 60_000;
  return exposure.person_minutes + exposure.people * minutes;
}

/**
 * How fast a question gathers supports among those who could see it; the formula and its reasons
 * are told with `ExposureState` in the protocol.
 */
export function rise(
  tally: QuestionTally | undefined,
  exposure: ExposureState | undefined,
  now: number,
): number {
  if (!tally?.supports) return 0;
  const seen = Math.max(0, attention(exposure, now) - (tally.seen_from ?? 0));
  return tally.supports / (seen + Math.max(10, exposure?.people ?? 0));
}

/** Whose turn is over stands last, except where the newest come first. */
const PLACE: Record<PublicQuestion["state"], number> = {
  on_screen: 0,
  highlighted: 1,
  approved: 1,
  not_reached: 1,
  answered: 2,
};

/** Questions in `order`; `worth` says how much each weighs in it. */
export function ranked(
  questions: readonly PublicQuestion[],
  order: Order,
  worth: (question: PublicQuestion) => number,
): PublicQuestion[] {
  const worths = new Map(questions.map((question) => [question.id, worth(question)]));
  const place = (one: PublicQuestion): number => (order === "newest" ? 0 : PLACE[one.state]);
  return [...questions].sort(
    (a, b) =>
      place(a) - place(b) ||
      (worths.get(b.id) ?? 0) - (worths.get(a.id) ?? 0) ||
      b.published_at - a.published_at ||
      b.id - a.id,
  );
}

/** Text as a search compares it: without case and accents. */
export function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Whether all words that are looked for begin or stand somewhere in `text`. */
export function matches(text: string, search: string): boolean {
  const where = plain(text);
  return plain(search)
    .split(/\s+/)
    .every((word) => where.includes(word));
}
