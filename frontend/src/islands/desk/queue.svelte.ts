import type { CommandName, QuestionReview } from "../../generated/protocol";
import { explain } from "../../lib/refusals";
import type { Session } from "../../lib/session.svelte";

export type Shelf = "pending" | "published" | "answered" | "refused";
type State = QuestionReview["state"];

const SHELVES: Record<State, Shelf | null> = {
  pending: "pending",
  approved: "published",
  on_screen: "published",
  answered: "answered",
  rejected: "refused",
  withdrawn: null,
};

export type Act = "approve" | "reject" | "show" | "unshow" | "answer" | "reopen";

/** What a moderator can do with a question in each state; the first is the obvious one. */
export const ACTS: Record<State, readonly Act[]> = {
  pending: ["approve", "reject", "show"],
  approved: ["show", "answer", "reject"],
  on_screen: ["answer", "unshow"],
  answered: ["reopen"],
  rejected: ["approve"],
  withdrawn: [],
};

/** Where a question is after an act. */
const OUTCOMES: Record<Act, State> = {
  approve: "approved",
  reject: "rejected",
  show: "on_screen",
  unshow: "approved",
  answer: "answered",
  reopen: "approved",
};

/** The act that takes one back, where there is one. */
const UNDO: Partial<Record<Act, Act>> = {
  reject: "approve",
  show: "unshow",
  answer: "reopen",
};

export interface Done {
  question: QuestionReview;
  act: Act;
  undo: Act | null;
}

/** The moderators' questions, on their shelves. What was just decided moves at once. */
export class Queue {
  /** Decided here and not yet confirmed: question -> state it will have. */
  #going = $state<Record<number, State>>({});
  error = $state("");
  last = $state<Done | null>(null);

  constructor(private readonly session: Session) {}

  readonly reviews: QuestionReview[] = $derived.by(() => [
    ...this.session.sitting.family("review").values(),
  ]);

  state(review: QuestionReview): State {
    return this.#going[review.id] ?? review.state;
  }

  /** The oldest waiting first; elsewhere the newest. */
  readonly shelves: Record<Shelf, QuestionReview[]> = $derived.by(() => {
    const shelves: Record<Shelf, QuestionReview[]> = {
      pending: [],
      published: [],
      answered: [],
      refused: [],
    };
    for (const review of this.reviews) {
      const shelf = SHELVES[this.state(review)];
      if (shelf) shelves[shelf].push(review);
    }
    shelves.pending.sort((a, b) => a.submitted_at - b.submitted_at || a.id - b.id);
    const { sitting } = this.session;
    shelves.published.sort(
      (a, b) =>
        Number(this.state(b) === "on_screen") - Number(this.state(a) === "on_screen") ||
        sitting.supports(b.id) - sitting.supports(a.id) ||
        b.id - a.id,
    );
    shelves.answered.sort((a, b) => b.id - a.id);
    shelves.refused.sort((a, b) => b.id - a.id);
    return shelves;
  });

  /** Do it; what is refused goes back to where it was, with the reason in `error`. */
  async act(question: QuestionReview, act: Act, reason = ""): Promise<void> {
    if (this.#going[question.id]) return;
    const before = question.state;
    this.#going[question.id] = OUTCOMES[act];
    this.error = "";
    try {
      if (act === "show" && before === "pending") await this.#send("question.approve", question.id);
      if (act === "reject") {
        await this.session.send("question.reject", { question: question.id, reason });
      } else {
        await this.#send(`question.${act}`, question.id);
      }
      this.last = { question, act, undo: UNDO[act] ?? null };
    } catch (error) {
      this.error = explain(error);
    } finally {
      delete this.#going[question.id];
    }
  }

  async undo(): Promise<void> {
    const last = this.last;
    if (!last?.undo) return;
    this.last = null;
    const now = this.session.sitting.family("review").get(last.question.id);
    if (now) await this.act(now, last.undo);
    this.last = null;
  }

  #send(
    command: Extract<CommandName, `question.${Exclude<Act, "reject">}`>,
    question: number,
  ): Promise<unknown> {
    return this.session.send(command, { question });
  }
}
