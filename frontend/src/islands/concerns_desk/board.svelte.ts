// A commune's concerns and comments as its moderators see them, followed live; and what they do with
// them.

import type {
  BoardFacts,
  CommentReview,
  ConcernReview,
  Me,
  UndoDecision as OneOfThem,
} from "../../generated/protocol";
import { Connected } from "../../lib/connected.svelte";
import { Folded } from "../../lib/folded.svelte";
import { t } from "../../lib/i18n";
import { Claims } from "../../lib/moderating/claims.svelte";
import type { Done } from "../../lib/moderating/done";
import { ABOUT_HOST } from "../../lib/moderating/words";
import type { Result } from "../../lib/timeline/outbox";

/** What the page tells. `portal/views/concern_work.py` writes it. */
export interface Props {
  commune: string;
  me: Me;
  urls: { ws: string; timeline: string; ticket: string; list: string };
  language: string;
  offices: string[];
  /** Joined when it was not kept yet who came through what: they cannot be separated. */
  inseparable: number[];
}

/** A concern or a comment; they are decided alike. */
export type Matter =
  { kind: "concern"; review: ConcernReview } | { kind: "comment"; review: CommentReview };

export const QUEUES = ["waiting", "second", "reported", "public", "aside"] as const;
export type Queue = (typeof QUEUES)[number];

export type Code = NonNullable<ConcernReview["code"]>;

export function keyOf(matter: Matter): string {
  return `${matter.kind}/${matter.review.id}`;
}

export class Board extends Folded {
  constructor() {
    super("board");
  }

  readonly facts: BoardFacts | undefined = $derived.by(() => {
    const said = this.one("board");
    return said && factsOf(said);
  });
  readonly matters: ReadonlyMap<string, Matter> = $derived.by(() => {
    const found: Matter[] = [
      ...[...this.family("concern_review").values()].map((review): Matter => ({
        kind: "concern",
        review,
      })),
      ...[...this.family("comment_review").values()].map((review): Matter => ({
        kind: "comment",
        review,
      })),
    ];
    return new Map(found.map((matter) => [keyOf(matter), matter]));
  });
  readonly queues: Record<Queue, Matter[]> = $derived.by(() => sorted(this.matters.values()));

  concern(id: number): ConcernReview | undefined {
    return this.family("concern_review").get(id);
  }

  /** Whether refusing it takes two moderators whatever the reason. */
  guarded({ review }: Matter): boolean {
    const about =
      review.flags.some((flag) => flag.code === ABOUT_HOST) ||
      labelsOf(review).includes(ABOUT_HOST);
    return about && (this.facts?.second_opinion ?? false);
  }
}

/** What was written before there were second opinions says nothing of them; the server then goes by
 * what boards begin with. */
export function factsOf(said: BoardFacts): BoardFacts {
  return { ...{ second_opinion: true, second_opinion_hours: 48 }, ...said };
}

/** What was written before there were labels has none. */
export function labelsOf(review: Matter["review"]): readonly string[] {
  return review.labels ?? [];
}

export function queueOf({ kind, review }: Matter): Queue | null {
  if (kind === "comment" && review.office) return null;
  if (ASIDE.has(review.state)) return "aside";
  if (review.second_opinion) return "second";
  if (review.state === "pending") return "waiting";
  return review.reports > 0 && !review.reviewed ? "reported" : "public";
}

const ASIDE = new Set(["rejected", "withdrawn", "merged"]);

export function sorted(matters: Iterable<Matter>): Record<Queue, Matter[]> {
  const queues: Record<Queue, Matter[]> = {
    waiting: [],
    second: [],
    reported: [],
    public: [],
    aside: [],
  };
  for (const matter of matters) {
    const queue = queueOf(matter);
    if (queue) queues[queue].push(matter);
  }
  const until = ({ review }: Matter): number => review.second_opinion?.until ?? 0;
  queues.waiting.sort((a, b) => a.review.submitted_at - b.review.submitted_at);
  queues.second.sort((a, b) => until(a) - until(b));
  queues.reported.sort((a, b) => b.review.risk - a.review.risk || b.review.id - a.review.id);
  queues.public.sort((a, b) => b.review.submitted_at - a.review.submitted_at);
  queues.aside.sort((a, b) => b.review.submitted_at - a.review.submitted_at);
  return queues;
}

export class Work extends Connected<Board> {
  readonly claims: Claims<Matter>;
  /** What this moderator looks at, and so decides. */
  chosen = $state<string | null>(null);
  done = $state.raw<Done | null>(null);

  constructor(readonly props: Props) {
    super(new Board(), { ...props, stream: "staff" });
    this.claims = new Claims<Matter>(this, ({ kind, review }) => [`${kind}_claim`, review.id]);
  }

  get board(): Board {
    return this.folded;
  }

  readonly current: Matter | null = $derived.by(() =>
    this.chosen === null ? null : (this.board.matters.get(this.chosen) ?? null),
  );

  /** Whether a joined concern can be separated from the one that carries on for it. */
  separable({ id, merged_into: carrier }: ConcernReview): boolean {
    if (carrier === null || this.props.inseparable.includes(id)) return false;
    return this.board.concern(carrier)?.state !== "merged";
  }

  async approve(matter: Matter): Promise<void> {
    const { review } = matter;
    const overrules = review.second_opinion && review.second_opinion.by !== this.me?.id;
    await (overrules
      ? this.send("review.second", { ...one(matter), confirm: false })
      : matter.kind === "concern"
        ? this.send("concern.approve", { concern: review.id, seen: matter.review.state })
        : this.send("comment.approve", { comment: review.id, seen: matter.review.state }));
    this.#did(matter, t("Published"));
  }

  async reject(matter: Matter, code: Code, reason: string): Promise<void> {
    const { review } = matter;
    const said = { code, reason };
    const result = await (matter.kind === "concern"
      ? this.send("concern.reject", { concern: review.id, seen: matter.review.state, ...said })
      : this.send("comment.reject", { comment: review.id, seen: matter.review.state, ...said }));
    this.#did(matter, refused(result));
  }

  /** Confirm what another moderator wants refused. */
  async confirm(matter: Matter): Promise<void> {
    await this.send("review.second", { ...one(matter), confirm: true });
    this.#did(matter, t("Refused"));
  }

  /** Let another concern carry on for this one. */
  async join(concern: ConcernReview, target: number): Promise<void> {
    const seen = { [String(concern.id)]: concern.state };
    await this.send("concern.merge", { target, concerns: [concern.id], seen });
    this.#did({ kind: "concern", review: concern }, t("Joined"));
  }

  /** Undo that a concern was joined to another. */
  async split(concern: ConcernReview): Promise<void> {
    await this.send("concern.split", { concerns: [concern.id] });
    this.#did({ kind: "concern", review: concern }, t("Separated"));
  }

  /** Say that it criticises the commune's management, or that it does not. */
  label(matter: Matter, about: boolean): Promise<unknown> {
    const { concern, comment } = one(matter);
    const [add, remove] = about ? [[ABOUT_HOST], []] : [[], [ABOUT_HOST]];
    return this.send("concern.label", { concern, comment, add, remove });
  }

  /** Take back what was done last. Raises `Refused`. */
  async undo(): Promise<void> {
    const undo = this.done?.undo;
    this.done = null;
    await undo?.();
  }

  #did(matter: Matter, said: string): void {
    if (this.chosen === keyOf(matter)) this.chosen = null;
    this.done = {
      said,
      text: matter.review.text,
      undo: () => this.send("review.undo", one(matter)),
    };
  }
}

function refused(result: Result): string {
  return result["second_opinion"] === true ? t("Another moderator must confirm") : t("Refused");
}

function one({ kind, review }: Matter): Required<OneOfThem> {
  return {
    question: null,
    concern: kind === "concern" ? review.id : null,
    comment: kind === "comment" ? review.id : null,
  };
}
