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
  /** When the last of them came. */
  readonly latest: number;
  /** The highest risk among them. */
  readonly risk: number;
}

/** What is looked for; `item` null: any agenda item, 0: those without one. */
export interface Filter {
  readonly item: number | null;
  readonly person: string | null;
  /** Words as `plain` gives them; all must be there. */
  readonly words: readonly string[];
}

/** The questions of each queue. */
export type Standing = Readonly<Record<QueueName, readonly QuestionReview[]>>;

export interface Sources {
  readonly reviews: Reviews;
  readonly standing: Standing;
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

/** The queues of reviews as they are; a review that changes is another object. */
const standings = new WeakMap<QuestionReview, readonly QueueName[]>();

/** In which queues a question stands. */
function queuesOf(review: QuestionReview, state: State): readonly QueueName[] {
  const queues = (): QueueName[] => QUEUES.filter((name) => belongs(name, review, state));
  if (state !== review.state) return queues();
  let found = standings.get(review);
  if (!found) standings.set(review, (found = queues()));
  return found;
}

/** Every question in its queues, in one go. */
export function stand(reviews: Reviews, state: Sources["state"]): Standing {
  const found = Object.fromEntries(QUEUES.map((name) => [name, [] as QuestionReview[]]));
  for (const review of reviews.values()) {
    for (const name of queuesOf(review, state(review))) found[name]!.push(review);
  }
  return found as Record<QueueName, QuestionReview[]>;
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

/** Make ready for looking things up, a part at a time: thousands at once would be a long pause. */
export async function prepare(reviews: Iterable<QuestionReview>): Promise<void> {
  const PART = 250;
  let done = 0;
  for (const review of reviews) {
    if (plains.has(review)) continue;
    searchable(review);
    if (++done % PART === 0) await new Promise((go) => setTimeout(go));
  }
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
  const members = sources.standing[queue].filter((review) => matches(review, filter));
  const found = GROUPED.has(queue)
    ? grouped(members, sources, before)
    : members.map((review) => kept(before, review, NONE, null));
  return found.sort(order(queue, sources));
}

export function alone(review: QuestionReview): Card {
  return cardOf(review, NONE, null);
}

const NONE: readonly QuestionReview[] = [];

function cardOf(
  review: QuestionReview,
  others: readonly QuestionReview[],
  asked: QuestionReview | null,
): Card {
  let { submitted_at: latest, risk } = review;
  for (const other of others) {
    latest = Math.max(latest, other.submitted_at);
    risk = Math.max(risk, other.risk);
  }
  return { id: review.id, review, others, asked, latest, risk };
}

/** The card as it was `before`, where nothing changed. */
function kept(
  before: ReadonlyMap<number, Card>,
  review: QuestionReview,
  others: readonly QuestionReview[],
  asked: QuestionReview | null,
): Card {
  const old = before.get(review.id);
  return old && same(old, review, others, asked) ? old : cardOf(review, others, asked);
}

function grouped(
  members: readonly QuestionReview[],
  sources: Sources,
  before: ReadonlyMap<number, Card>,
): Card[] {
  const groups = new Map<number, GroupState>();
  for (const group of sources.groups) for (const id of group.questions) groups.set(id, group);
  const sets = new Map<GroupState, QuestionReview[]>();
  const found: Card[] = [];
  for (const review of members) {
    const group = groups.get(review.id);
    const set = group && sets.get(group);
    if (!group) found.push(kept(before, review, NONE, null));
    else if (set) set.push(review);
    else sets.set(group, [review]);
  }
  for (const [group, set] of sets) {
    const [review, ...others] = set.sort((a, b) => a.id - b.id);
    if (review) found.push(kept(before, review, others, asked(group, set, sources)));
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

function same(
  old: Card,
  review: QuestionReview,
  others: readonly QuestionReview[],
  asked: QuestionReview | null,
): boolean {
  return (
    old.review === review &&
    old.asked === asked &&
    old.others.length === others.length &&
    old.others.every((one, index) => one === others[index])
  );
}

function order(queue: QueueName, { state, supports }: Sources): (a: Card, b: Card) => number {
  const oldest = (a: Card, b: Card): number =>
    a.review.submitted_at - b.review.submitted_at || a.id - b.id;
  const place = (card: Card): number =>
    ["on_screen", "highlighted"].indexOf(state(card.review)) >>> 0;
  switch (queue) {
    case "waiting":
    case "forwarded":
    case "appeals":
      return oldest;
    case "risk":
      return (a, b) => b.risk - a.risk || oldest(a, b);
    case "newest":
      return (a, b) => b.latest - a.latest || b.id - a.id;
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
