import type { QuestionReview, UndoDecision as OneOfThem } from "../../generated/protocol";
import { t } from "../../lib/i18n";
import { clash } from "../../lib/moderating/clash";
import type { Done as DoneAtDesk } from "../../lib/moderating/done";
import type { Session } from "../../lib/session.svelte";
import type { Result } from "../../lib/timeline/outbox";
import { OUTCOMES, UNDO, type Act } from "./acts";
import type { State } from "./questions";
import { actDone } from "./words";

export type ReasonCode = NonNullable<QuestionReview["code"]>;

/** Why a question is refused; `own` is in the moderator's words, needed with the code "other". */
export interface Reason {
  code: ReasonCode;
  own: string;
}

/** With the question to which undoing it leads back. */
export interface Done extends DoneAtDesk {
  question: number | null;
}

/** More than these are separated in one go rather than undone one by one. */
const UNDO_EACH = 20;
/** An answer comes a moment before the entry that it speaks of; if none comes at all, the question
 * is again what the timeline says. */
const ENTRY_MS = 2_000;

/** What is being decided; `answered`: the question as it was when the answer came. */
interface Going {
  readonly outcome: State;
  answered: QuestionReview | null;
}

/** Decisions on their way: what was just decided is so at once, and goes back with a word about
 * why when the server says no. */
export class Deciding {
  // Replaced as a whole: thousands of questions are looked up in them.
  #going = $state.raw<ReadonlyMap<number, Going>>(new Map());
  /** What went wrong with a question, until it is tried again. */
  problems = $state.raw<ReadonlyMap<number, string>>(new Map());
  /** Words that were written and could not be sent. */
  readonly drafts = new Map<number, string>();
  done = $state.raw<Done | null>(null);

  constructor(private readonly session: Session) {}

  readonly state = (review: QuestionReview): State => this.#held(review)?.outcome ?? review.state;

  busy(review: QuestionReview): boolean {
    return this.#held(review) !== null;
  }

  /** What is being decided of it, until its entry is there. */
  #held(review: QuestionReview): Going | null {
    const going = this.#going.get(review.id);
    if (!going || (going.answered && going.answered !== this.#now(review))) return null;
    return going;
  }

  get #me(): string | null {
    return this.session.me?.id ?? null;
  }

  /** True when it was done. */
  async act(review: QuestionReview, act: Act, reason?: Reason): Promise<boolean> {
    const done = await this.#run([review], OUTCOMES[act] ?? review.state, () =>
      this.#send(review, act, reason),
    );
    if (!done) return false;
    const undo = UNDO[act];
    this.done = {
      question: review.id,
      said: done["second_opinion"] === true ? t("Another moderator must confirm") : actDone(act),
      text: review.text,
      undo:
        undo === null
          ? null
          : undo === "undo"
            ? () => this.session.send("review.undo", one(review.id))
            : () => this.#send(this.#now(review), undo),
    };
    return true;
  }

  /** Let `target` carry on for `sources`. */
  async merge(target: QuestionReview, sources: readonly QuestionReview[]): Promise<boolean> {
    const ids = sources.map((review) => review.id);
    const seen = Object.fromEntries(sources.map((review) => [String(review.id), review.state]));
    const merged = await this.#run(sources, "merged", () =>
      this.session.send("question.merge", { target: target.id, questions: ids, seen }),
    );
    if (!merged) return false;
    this.done = {
      question: ids[0] ?? null,
      said: actDone("merge"),
      text: target.text,
      undo: () =>
        ids.length > UNDO_EACH
          ? this.session.send("question.split", { questions: ids })
          : Promise.all(ids.map((question) => this.session.send("review.undo", one(question)))),
    };
    return true;
  }

  /** Separate questions that were joined. */
  split(sources: readonly QuestionReview[]): Promise<boolean> {
    const questions = sources.map((review) => review.id);
    return this.#run(sources, null, () => this.session.send("question.split", { questions })).then(
      (done) => done !== null,
    );
  }

  /** Take back what was done last. Raises `Refused`. */
  async undo(): Promise<void> {
    const undo = this.done?.undo;
    if (!undo) return;
    this.done = null;
    await undo();
  }

  forget(question: number): void {
    this.problems = without(this.problems, [question]);
  }

  async #run(
    reviews: readonly QuestionReview[],
    outcome: State | null,
    work: () => Promise<Result>,
  ): Promise<Result | null> {
    if (reviews.some((review) => this.busy(review))) return null;
    const ids = reviews.map((review) => review.id);
    const going = reviews.map((review): [number, Going] => [
      review.id,
      { outcome: outcome ?? review.state, answered: null },
    ]);
    this.#going = new Map([...this.#going, ...going]);
    this.problems = without(this.problems, ids);
    try {
      const result = await work();
      this.#answered(reviews, going);
      return result;
    } catch (error) {
      const words = clash(error);
      this.problems = new Map([...this.problems, ...ids.map((id) => [id, words] as const)]);
      this.#let(going);
      return null;
    }
  }

  /** Done; what the timeline has not said yet is held until it does. */
  #answered(reviews: readonly QuestionReview[], going: readonly [number, Going][]): void {
    const early = going.filter(([, one], index) => {
      const review = reviews[index]!;
      one.answered = review;
      return this.#now(review) !== review;
    });
    // The entry was faster than the answer.
    this.#let(early);
    setTimeout(() => this.#let(going), ENTRY_MS);
  }

  #let(going: readonly [number, Going][]): void {
    if (going.length === 0) return;
    const gone = going.filter(([id, one]) => this.#going.get(id) === one).map(([id]) => id);
    this.#going = without(this.#going, gone);
  }

  #now(review: QuestionReview): QuestionReview {
    return this.session.sitting.family("review").get(review.id) ?? review;
  }

  async #send(review: QuestionReview, act: Act, reason?: Reason): Promise<Result> {
    const { id, state, revision } = review;
    // Two moderators may look at the same one: the second is told what became of it.
    const decision = { question: id, seen_state: state, seen_revision: revision };
    switch (act) {
      case "reject":
        if (review.second_opinion) {
          return this.session.send("review.second", { ...one(id), confirm: true });
        }
        return this.session.send("question.reject", {
          ...decision,
          code: reason?.code ?? "other",
          reason: reason?.own ?? "",
        });
      case "approve":
        if (review.second_opinion && review.second_opinion.by !== this.#me) {
          return this.session.send("review.second", { ...one(id), confirm: false });
        }
        return this.session.send("question.approve", decision);
      case "show":
        if (state === "pending") await this.session.send("question.approve", decision);
        return this.session.send("question.show", { question: id });
      case "highlight":
        return this.session.send("question.highlight", decision);
      case "unhighlight":
        return this.session.send("question.unhighlight", decision);
      case "split":
        return this.session.send("question.split", { questions: [id] });
      default:
        return this.session.send(`question.${act}`, { question: id });
    }
  }
}

function without<T>(all: ReadonlyMap<number, T>, ids: readonly number[]): ReadonlyMap<number, T> {
  if (!ids.some((id) => all.has(id))) return all;
  return new Map([...all].filter(([id]) => !ids.includes(id)));
}

/** A question, where commands name one of several kinds. */
function one(question: number): OneOfThem {
  return { question, concern: null, comment: null };
}
