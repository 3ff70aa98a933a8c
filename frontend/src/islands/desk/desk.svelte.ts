import type { QuestionReview } from "../../generated/protocol";
import { Claims } from "../../lib/moderating/claims.svelte";
import type { Session } from "../../lib/session.svelte";
import { OUTCOMES, type Act } from "./acts";
import { Deciding } from "./deciding.svelte";
import {
  alone,
  belongs,
  cards,
  plain,
  QUEUES,
  stand,
  type Card,
  type Filter,
  type QueueName,
  type Sources,
  type Standing,
} from "./questions";
import { settle } from "./steady";

/** Questions after the chosen one that are claimed with it. */
const AHEAD = 2;

export type DialogName = "reject" | "merge" | "forward" | "sanction" | "legend" | "side";
export type SideName = "question" | "channel" | "people" | "rules" | "votes";

/** The moderator's desk: what is looked at, in which order, and what is done with it. */
export class Desk {
  readonly deciding: Deciding;
  readonly claims: Claims<number>;

  queue = $state<QueueName>("waiting");
  item = $state<number | null>(null);
  person = $state<string | null>(null);
  search = $state("");
  selected = $state<number | null>(null);
  /** Marked to be joined. */
  marked = $state.raw<ReadonlySet<number>>(new Set());
  /** Cards whose other questions are shown. */
  open = $state.raw<ReadonlySet<number>>(new Set());
  dialog = $state<DialogName | null>(null);
  side = $state<SideName>("question");
  /** The last message of the staff's channel that was seen; null: those there at the start. */
  read = $state<number | null>(null);

  /** The list as it is shown, and how many newcomers are held back. */
  shown = $state.raw<readonly number[]>([]);
  held = $state(0);
  /** Whether a row is in view; the list says. */
  inView: (card: number) => boolean = () => false;
  /** Whether somebody points into the list, or scrolled down it. */
  busy = $state(false);

  #before: ReadonlyMap<number, Card> = new Map();

  constructor(readonly session: Session) {
    this.deciding = new Deciding(session);
    this.claims = new Claims(session, (question) => ["claim", question]);
  }

  get me(): string | null {
    return this.session.me?.id ?? null;
  }

  readonly reviews: ReadonlyMap<number, QuestionReview> = $derived.by(() =>
    this.session.sitting.family("review"),
  );
  readonly standing: Standing = $derived.by(() => stand(this.reviews, this.deciding.state));
  readonly sources: Sources = $derived.by(() => ({
    reviews: this.reviews,
    standing: this.standing,
    groups: [...this.session.sitting.family("group").values()],
    state: this.deciding.state,
    supports: (question) => this.session.sitting.supports(question),
  }));
  readonly filter: Filter = $derived({
    item: this.item,
    person: this.person,
    words: plain(this.search).split(/\s+/).filter(Boolean),
  });
  /** How many each queue holds. */
  count(queue: QueueName): number {
    return queue === "appeals" ? this.appeals : this.standing[queue].length;
  }
  readonly appeals: number = $derived.by(
    () =>
      [...this.session.sitting.family("appeal").values()].filter((one) => one.state === "pending")
        .length,
  );
  readonly unread: number = $derived.by(() => {
    const { read } = this;
    if (read === null) return 0;
    const messages = [...this.session.sitting.family("staffchat").values()];
    return messages.filter((one) => one.id > read && one.by !== this.me).length;
  });
  /** The cards of the queue by id, in their order. */
  readonly wanted: ReadonlyMap<number, Card> = $derived.by(() => {
    const found = cards(this.queue, this.filter, this.sources, this.#before);
    this.#before = new Map(found.map((card) => [card.id, card]));
    return this.#before;
  });
  readonly current: Card | null = $derived(
    this.selected === null ? null : this.card(this.selected),
  );
  /** What was merged into the question looked at. */
  readonly relatives: readonly QuestionReview[] = $derived.by(() => {
    const { current } = this;
    if (!current || current.review.relatives === 0) return [];
    return [...this.reviews.values()].filter(
      (review) => review.state === "merged" && review.merged_into === current.id,
    );
  });

  /** A card of the list, also one that has left the queue. */
  card(id: number): Card | null {
    const found = this.wanted.get(id);
    if (found) return found;
    const review = this.reviews.get(id);
    return review ? alone(review) : null;
  }

  /** Whether a row is still of its queue. */
  belongs(id: number): boolean {
    return this.wanted.has(id);
  }

  /** Bring the list up to date, without moving what somebody looks at. */
  refresh(): void {
    const wanted = [...this.wanted.keys()];
    const steady = this.busy || this.selected !== null;
    const { shown, held } = settle(this.shown, wanted, steady, (id) => {
      if (!this.reviews.has(id)) return false;
      return id === this.selected || this.inView(id);
    });
    this.shown = shown;
    this.held = held;
  }

  /** Show newcomers too, in their places; what was decided goes. */
  takeNewcomers(): void {
    this.shown = [...this.wanted.keys()];
    this.held = 0;
    this.selected = this.free(0, 1) ?? this.shown[0] ?? null;
  }

  /** The list changed altogether. */
  restart(): void {
    this.takeNewcomers();
    this.marked = new Set();
  }

  go(queue: QueueName): void {
    this.queue = queue;
    this.restart();
  }

  /** The queue so many further on. */
  turn(by: number): void {
    const index = QUEUES.indexOf(this.queue) + by;
    this.go(QUEUES[(index + QUEUES.length) % QUEUES.length]!);
  }

  /** The first row from `index` on that waits for somebody, and that nobody else is deciding. */
  free(index: number, step: 1 | -1): number | null {
    for (; index >= 0 && index < this.shown.length; index += step) {
      const id = this.shown[index]!;
      const card = this.wanted.get(id);
      if (card && !this.deciding.busy(card.review) && !this.claims.other(id)) return id;
    }
    return null;
  }

  /** The row to go on to from the chosen one. */
  neighbour(step: 1 | -1): number | null {
    const index = this.selected === null ? -1 : this.shown.indexOf(this.selected);
    if (index < 0) return this.free(0, 1);
    return this.free(index + step, step);
  }

  /** Claim what is looked at, and what comes next. */
  claim(): void {
    const card = this.current;
    const wanted =
      card && this.belongs(card.id) ? [card.id, ...card.others.map((one) => one.id)] : [];
    let index = card ? this.shown.indexOf(card.id) : -1;
    for (let ahead = 0; wanted.length > 0 && ahead < AHEAD; ahead++) {
      const next = this.free(index + 1, 1);
      if (next === null) break;
      wanted.push(next);
      index = this.shown.indexOf(next);
    }
    // What I want refused is for another to decide: it is not held back from them.
    this.claims.want(wanted.filter((id) => !this.#mine(id)));
  }

  #mine(id: number): boolean {
    const asked = this.reviews.get(id)?.second_opinion;
    return !!asked && asked.by === this.me;
  }

  /** Whether a question is still of this queue after an act. */
  stays(card: Card, act: Act): boolean {
    const outcome = OUTCOMES[act];
    if (outcome === null) return false;
    const review = { ...card.review, reviewed: true, second_opinion: null };
    return belongs(this.queue, review, outcome);
  }

  toggle(set: "marked" | "open", id: number): void {
    const next = new Set(this[set]);
    if (!next.delete(id)) next.add(id);
    this[set] = next;
  }

  /** What one key would join, and to what: what is marked to what is looked at, or else those that
   * ask the same to the first of them, or to one that is published. */
  readonly merging: { target: QuestionReview; sources: QuestionReview[] } | null = $derived.by(
    () => {
      const card = this.current;
      if (!card) return null;
      const marked = [...this.marked]
        .filter((id) => id !== card.id)
        .flatMap((id) => this.reviews.get(id) ?? []);
      if (marked.length > 0) return { target: card.review, sources: marked };
      if (card.asked) return { target: card.asked, sources: [card.review, ...card.others] };
      return card.others.length > 0 ? { target: card.review, sources: [...card.others] } : null;
    },
  );
}
