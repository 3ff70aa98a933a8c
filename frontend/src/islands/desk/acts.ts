// What a moderator can do with a question, and where that leads.

import type { QuestionReview } from "../../generated/protocol";
import type { State } from "./questions";

export type Act =
  | "approve"
  | "reject"
  | "highlight"
  | "unhighlight"
  | "show"
  | "unshow"
  | "answer"
  | "reopen"
  | "split";

/** The first is the obvious one. */
const ACTS: Record<State, readonly Act[]> = {
  pending: ["approve", "reject", "show"],
  approved: ["highlight", "show", "answer", "reject"],
  highlighted: ["show", "unhighlight", "answer", "reject"],
  on_screen: ["answer", "unshow"],
  answered: ["reopen"],
  rejected: ["approve"],
  merged: ["split"],
  withdrawn: [],
  not_reached: ["answer"],
};

/** Where a question is after an act; null: where it was before. */
export const OUTCOMES: Record<Act, State | null> = {
  approve: "approved",
  reject: "rejected",
  highlight: "highlighted",
  unhighlight: "approved",
  show: "on_screen",
  unshow: "approved",
  answer: "answered",
  reopen: "approved",
  split: null,
};

/** What takes an act back; decisions have a command of their own for that. */
export const UNDO: Record<Act, Act | "undo" | null> = {
  approve: "undo",
  reject: "undo",
  highlight: "undo",
  unhighlight: "undo",
  show: "unshow",
  unshow: null,
  answer: "reopen",
  reopen: null,
  split: "undo",
};

/** What `me` can do with a question now. A refusal that waits for a second moderator is confirmed
 * or overruled; who asked for it may only overrule. */
export function acts(review: QuestionReview, state: State, me: string | null): readonly Act[] {
  const asked = review.second_opinion;
  if (asked) return asked.by === me ? ["approve"] : ["approve", "reject"];
  if (state === "approved" && !review.reviewed) return ["approve", "reject", "highlight", "show"];
  return ACTS[state];
}
