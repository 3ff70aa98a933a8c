// A commune's concerns and comments as its moderators see them, followed live.

import type { CommentReview, ConcernReview, Me } from "../../generated/protocol";
import { Connected } from "../../lib/connected.svelte";
import { Folded } from "../../lib/folded.svelte";

/** What the page tells. `portal/views/concern_work.py` writes it. */
export interface Props {
  commune: string;
  me: Me;
  urls: { ws: string; timeline: string; ticket: string; list: string };
  language: string;
  offices: string[];
}

/** A concern or a comment; they are decided alike. */
export type Matter =
  { kind: "concern"; review: ConcernReview } | { kind: "comment"; review: CommentReview };

export type Queue = "waiting" | "reported" | "public" | "aside";

export class Board extends Folded {
  constructor() {
    super("board");
  }

  readonly concerns: ConcernReview[] = $derived.by(() => [
    ...this.family("concern_review").values(),
  ]);
  readonly comments: CommentReview[] = $derived.by(() => [
    ...this.family("comment_review").values(),
  ]);
  readonly queues: Record<Queue, Matter[]> = $derived.by(() => {
    const queues: Record<Queue, Matter[]> = { waiting: [], reported: [], public: [], aside: [] };
    for (const review of this.concerns) put(queues, { kind: "concern", review });
    for (const review of this.comments) put(queues, { kind: "comment", review });
    queues.waiting.sort((a, b) => a.review.submitted_at - b.review.submitted_at);
    queues.reported.sort((a, b) => b.review.risk - a.review.risk || b.review.id - a.review.id);
    queues.public.sort((a, b) => b.review.submitted_at - a.review.submitted_at);
    queues.aside.sort((a, b) => b.review.submitted_at - a.review.submitted_at);
    return queues;
  });
}

const ASIDE = new Set(["rejected", "withdrawn", "merged"]);

function put(queues: Record<Queue, Matter[]>, matter: Matter): void {
  const { state, reports, reviewed } = matter.review;
  if (matter.kind === "comment" && matter.review.office) return;
  if (state === "pending") queues.waiting.push(matter);
  else if (ASIDE.has(state)) queues.aside.push(matter);
  else if (reports > 0 && !reviewed) queues.reported.push(matter);
  else queues.public.push(matter);
}

export class Work extends Connected<Board> {
  constructor(readonly props: Props) {
    super(new Board(), { ...props, stream: "staff" });
  }

  get board(): Board {
    return this.folded;
  }

  approve(matter: Matter): Promise<unknown> {
    return matter.kind === "concern"
      ? this.send("concern.approve", { concern: matter.review.id, seen: matter.review.state })
      : this.send("comment.approve", { comment: matter.review.id, seen: matter.review.state });
  }

  /** Undo that a concern was joined to another. */
  split(concern: number): Promise<unknown> {
    return this.send("concern.split", { concerns: [concern] });
  }

  reject(matter: Matter, code: Code, reason: string): Promise<unknown> {
    return matter.kind === "concern"
      ? this.send("concern.reject", {
          concern: matter.review.id,
          code,
          reason,
          seen: matter.review.state,
        })
      : this.send("comment.reject", {
          comment: matter.review.id,
          code,
          reason,
          seen: matter.review.state,
        });
  }
}

export type Code = NonNullable<ConcernReview["code"]>;
