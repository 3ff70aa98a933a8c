// What stands in which queue, in which order, and what is shown as one card. Pure.

import type { GroupState, QuestionReview } from "../../generated/protocol";

export type State = QuestionReview["state"];
type Reviews = ReadonlyMap<number, QuestionReview>;

export const QUEUES = [
  "waiting",
  "newest",
  "risk",
  "second",
  "appeals",
  "reports",
  "forwarded",
  "published",
  "answered",
  "closed",
] as const;
/** `appeals` has no questions of its own: appeals are shown by themselves. */
export type QueueName = (typeof QUEUES)[number];

/** Queues in which questions that ask the same are one card. */
const GROUPED: ReadonlySet<QueueName> = new Set<QueueName>(["waiting", "newest", "risk"]);
const PUBLISHED: ReadonlySet<State> = new Set<State>(["approved", "highlighted", "on_screen"]);
const CARRYING: ReadonlySet<State> = new Set<State>([...PUBLISHED, "pending", "answered"]);
const CLOSED: ReadonlySet<State> = new Set<State>(["rejected", "merged", "withdrawn"]);

/** One row of a queue. Its id is that of `review`, the first of those that ask the same. */
export interface Card {
  readonly id: number;
  readonly review: QuestionReview;
  /** Others in this queue that ask the same, oldest first. */
  readonly others: readonly QuestionReview[];
  /** A published or answered question that asks the same. */
  readonly asked: QuestionReview | null;
}

/** What is looked for; `item` null: any agenda item, 0: those without one. */
export interface Filter {
  readonly item: number | null;
  readonly person: string | null;
  /** Words as `plain` gives them; all must be there. */
  readonly words: readonly string[];
}

export interface Sources {
  readonly reviews: Reviews;
  readonly groups: readonly GroupState[];
  /** The state of a question, with what is being decided here. */
  readonly state: (review: QuestionReview) => State;
  readonly supports: (question: number) => number;
}

/** Whether a question can be published or joined to another. */
export function carries(state: State): boolean {
  return CARRYING.has(state);
}

export function isPublished(state: State): boolean {
  return PUBLISHED.has(state);
}

/** Whether a moderator has to decide: it waits, or was published before anybody looked. */
export function undecided(review: QuestionReview, state: State): boolean {
  return state === "pending" || (isPublished(state) && !review.reviewed);
}

export function belongs(queue: QueueName, review: QuestionReview, state: State): boolean {
  switch (queue) {
    case "waiting":
    case "newest":
      return undecided(review, state) && review.second_opinion === null;
    case "risk":
      return belongs("waiting", review, state) && review.flags.length > 0;
    case "second":
      return review.second_opinion !== null && carries(state);
    case "reports":
      return review.reports > 0 && isPublished(state);
    case "forwarded":
      return review.forwarded !== null && review.answer === null && !CLOSED.has(state);
    case "published":
      return isPublished(state);
    case "answered":
      return state === "answered" || state === "not_reached";
    case "closed":
      return CLOSED.has(state);
    case "appeals":
      return false;
  }
}

/** How many questions each queue holds. */
export function counts({ reviews, state }: Sources): Record<QueueName, number> {
  const found = Object.fromEntries(QUEUES.map((name) => [name, 0])) as Record<QueueName, number>;
  for (const review of reviews.values()) {
    const now = state(review);
    for (const name of QUEUES) if (belongs(name, review, now)) found[name]++;
  }
  return found;
}

const plains = new WeakMap<QuestionReview, string>();

/** Lower case without accents, for looking things up. */
export function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase();
}

function searchable(review: QuestionReview): string {
  let text = plains.get(review);
  if (text === undefined) {
    text = plain([review.text, review.author ?? "", ...review.labels].join(" "));
    plains.set(review, text);
  }
  return text;
}

export function matches(review: QuestionReview, filter: Filter): boolean {
  if (filter.item !== null && (review.agenda_item ?? 0) !== filter.item) return false;
  if (filter.person !== null && review.person !== filter.person) return false;
  if (filter.words.length === 0) return true;
  const text = searchable(review);
  return filter.words.every((word) => text.includes(word));
}

/** The cards of a queue in their order. Cards of `before` that are still so are kept, so that what
 * shows them has nothing to do. */
export function cards(
  queue: QueueName,
  filter: Filter,
  sources: Sources,
  before: ReadonlyMap<number, Card> = new Map(),
): Card[] {
  const members = [...sources.reviews.values()].filter(
    (review) => belongs(queue, review, sources.state(review)) && matches(review, filter),
  );
  const found = GROUPED.has(queue) ? grouped(members, sources) : members.map(alone);
  const kept = found.map((card) => {
    const old = before.get(card.id);
    return old && same(old, card) ? old : card;
  });
  return kept.sort(order(queue, sources));
}

export function alone(review: QuestionReview): Card {
  return { id: review.id, review, others: NONE, asked: null };
}

const NONE: readonly QuestionReview[] = [];

function grouped(members: readonly QuestionReview[], sources: Sources): Card[] {
  const groups = new Map<number, GroupState>();
  for (const group of sources.groups) for (const id of group.questions) groups.set(id, group);
  const sets = new Map<GroupState, QuestionReview[]>();
  const found: Card[] = [];
  for (const review of members) {
    const group = groups.get(review.id);
    if (!group) found.push(alone(review));
    else sets.set(group, [...(sets.get(group) ?? []), review]);
  }
  for (const [group, set] of sets) {
    const [review, ...others] = set.sort((a, b) => a.id - b.id);
    if (review) found.push({ id: review.id, review, others, asked: asked(group, set, sources) });
  }
  return found;
}

/** The published one of a group that most support. */
function asked(
  group: GroupState,
  besides: readonly QuestionReview[],
  { reviews, state, supports }: Sources,
): QuestionReview | null {
  let best: QuestionReview | null = null;
  for (const id of group.questions) {
    const review = reviews.get(id);
    if (!review || besides.includes(review)) continue;
    const now = state(review);
    if (!isPublished(now) && now !== "answered") continue;
    if (!best || supports(id) > supports(best.id)) best = review;
  }
  return best;
}

function same(a: Card, b: Card): boolean {
  return (
    a.review === b.review &&
    a.asked === b.asked &&
    a.others.length === b.others.length &&
    a.others.every((review, index) => review === b.others[index])
  );
}

function order(queue: QueueName, { state, supports }: Sources): (a: Card, b: Card) => number {
  const oldest = (a: Card, b: Card): number =>
    a.review.submitted_at - b.review.submitted_at || a.id - b.id;
  const latest = (card: Card): number =>
    Math.max(card.review.submitted_at, ...card.others.map((review) => review.submitted_at));
  const risk = (card: Card): number =>
    Math.max(card.review.risk, ...card.others.map((review) => review.risk));
  const place = (card: Card): number =>
    ["on_screen", "highlighted"].indexOf(state(card.review)) >>> 0;
  switch (queue) {
    case "waiting":
    case "forwarded":
    case "appeals":
      return oldest;
    case "risk":
      return (a, b) => risk(b) - risk(a) || oldest(a, b);
    case "newest":
      return (a, b) => latest(b) - latest(a) || b.id - a.id;
    case "second":
      return (a, b) =>
        (a.review.second_opinion?.until ?? 0) - (b.review.second_opinion?.until ?? 0) ||
        oldest(a, b);
    case "reports":
      return (a, b) => b.review.reports - a.review.reports || oldest(a, b);
    case "published":
      return (a, b) => place(a) - place(b) || supports(b.id) - supports(a.id) || b.id - a.id;
    case "answered":
    case "closed":
      return (a, b) => b.id - a.id;
  }
}
