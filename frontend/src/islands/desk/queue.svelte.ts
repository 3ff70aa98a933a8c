import type { QuestionReview } from "../../generated/protocol";
import { t } from "../../lib/i18n";
import { explain } from "../../lib/refusals";
import type { Session } from "../../lib/session.svelte";
import type { Result } from "../../lib/timeline/outbox";

export type Shelf = "pending" | "published" | "answered" | "refused";
type State = QuestionReview["state"];
export type ReasonCode = NonNullable<QuestionReview["code"]>;

/** Why a question is refused; `own` is in the moderator's words, needed with the code "other". */
export interface Reason {
  code: ReasonCode;
  own: string;
}

const SHELVES: Record<State, Shelf | null> = {
  pending: "pending",
  approved: "published",
  highlighted: "published",
  on_screen: "published",
  answered: "answered",
  not_reached: "answered",
  rejected: "refused",
  merged: null,
  withdrawn: null,
};

export type Act =
  "approve" | "reject" | "highlight" | "unhighlight" | "show" | "unshow" | "answer" | "reopen";

/** What a moderator can do with a question in each state; the first is the obvious one. */
const ACTS: Record<State, readonly Act[]> = {
  pending: ["approve", "reject", "show"],
  approved: ["show", "highlight", "answer", "reject"],
  highlighted: ["show", "unhighlight", "answer", "reject"],
  on_screen: ["answer", "unshow"],
  answered: ["reopen"],
  rejected: ["approve"],
  merged: [],
  withdrawn: [],
  not_reached: ["answer"],
};

/** Where a question is after an act. */
const OUTCOMES: Record<Act, State> = {
  approve: "approved",
  reject: "rejected",
  highlight: "highlighted",
  unhighlight: "approved",
  show: "on_screen",
  unshow: "approved",
  answer: "answered",
  reopen: "approved",
};

/** The act that takes one back; decisions have a command of their own for that. */
const UNDO: Record<Act, Act | "undo" | null> = {
  approve: "undo",
  reject: "undo",
  highlight: "unhighlight",
  unhighlight: "highlight",
  show: "unshow",
  unshow: null,
  answer: "reopen",
  reopen: null,
};

export interface Done {
  question: number;
  text: string;
  said: string;
  undo: Act | "undo" | null;
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

  /** What can be done with it now. A refusal that waits for a second moderator is confirmed or
   * overruled; who asked for it may only overrule. */
  acts(review: QuestionReview): readonly Act[] {
    const acts = ACTS[this.state(review)];
    const asked = review.second_opinion;
    if (!asked) return acts;
    return acts.filter((act) => act === "approve" || (act === "reject" && !this.mine(asked.by)));
  }

  /** Whether `id` is this moderator. */
  mine(id: string | null): boolean {
    return id !== null && id === this.session.me?.id;
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
    // What waits for another moderator than this one comes last.
    const asked = (review: QuestionReview): number =>
      Number(!!review.second_opinion && this.mine(review.second_opinion.by));
    shelves.pending.sort(
      (a, b) => asked(a) - asked(b) || a.submitted_at - b.submitted_at || a.id - b.id,
    );
    const { sitting } = this.session;
    const place = (review: QuestionReview): number =>
      ["on_screen", "highlighted"].indexOf(this.state(review)) >>> 0;
    shelves.published.sort(
      (a, b) =>
        place(a) - place(b) || sitting.supports(b.id) - sitting.supports(a.id) || b.id - a.id,
    );
    shelves.answered.sort((a, b) => b.id - a.id);
    shelves.refused.sort((a, b) => b.id - a.id);
    return shelves;
  });

  /** Do it; what is refused goes back to where it was, with the reason in `error`. */
  async act(question: QuestionReview, act: Act, reason?: Reason): Promise<void> {
    if (this.#going[question.id]) return;
    this.#going[question.id] = OUTCOMES[act];
    this.error = "";
    try {
      const result = await this.#send(question, act, reason);
      const waits = result["second_opinion"] === true;
      this.last = {
        question: question.id,
        text: question.text,
        said: waits ? t("Another moderator must confirm") : SAID[act](),
        undo: UNDO[act],
      };
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
    this.error = "";
    const question = { question: last.question };
    try {
      if (last.undo === "undo") await this.session.send("review.undo", question);
      else {
        const now = this.session.sitting.family("review").get(last.question);
        if (now) await this.#send(now, last.undo);
      }
    } catch (error) {
      this.error = explain(error);
    }
  }

  async #send(review: QuestionReview, act: Act, reason?: Reason): Promise<Result> {
    const { id, state, revision } = review;
    // Two moderators may look at the same one: the second is told what became of it.
    const decision = { question: id, seen_state: state, seen_revision: revision };
    switch (act) {
      case "reject":
        if (review.second_opinion) {
          return this.session.send("review.second", { question: id, confirm: true });
        }
        return this.session.send("question.reject", {
          ...decision,
          code: reason?.code ?? "other",
          reason: reason?.own ?? "",
        });
      case "approve":
        if (review.second_opinion && !this.mine(review.second_opinion.by)) {
          return this.session.send("review.second", { question: id, confirm: false });
        }
        return this.session.send("question.approve", decision);
      case "show":
        if (state === "pending") await this.session.send("question.approve", decision);
        return this.session.send("question.show", { question: id });
      case "highlight":
        return this.session.send("question.highlight", decision);
      case "unhighlight":
        return this.session.send("question.unhighlight", decision);
      default:
        return this.session.send(`question.${act}`, { question: id });
    }
  }
}

const SAID: Record<Act, () => string> = {
  approve: () => t("Published"),
  reject: () => t("Refused"),
  highlight: () => t("Chosen for an answer"),
  unhighlight: () => t("No longer chosen"),
  show: () => t("On screen"),
  unshow: () => t("Off the screen"),
  answer: () => t("Answered"),
  reopen: () => t("Open again"),
};
