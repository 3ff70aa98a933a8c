import type { QuestionReview } from "../../generated/protocol";
import { t } from "../i18n";
import { explain } from "../refusals";
import { Refused } from "../timeline/outbox";
import { reviewState } from "../words";

/** What a conflict means: who was faster, and what is so now. */
export function clash(error: unknown): string {
  if (!(error instanceof Refused) || !error.data) return explain(error);
  const { claim, state, by_name: name } = error.data;
  if (claim && typeof claim === "object" && "by_name" in claim) {
    return t("{name} is deciding this question.", { name: String(claim.by_name) });
  }
  if (error.code !== "conflict" && error.code !== "wrong_state") return explain(error);
  if (typeof state !== "string") return explain(error);
  const words = reviewState(state as QuestionReview["state"]);
  if (typeof name === "string" && name) {
    return t("{name} was faster. This question is now: {state}.", { name, state: words });
  }
  return t("This question has changed meanwhile. It is now: {state}.", { state: words });
}
