import type { QuestionReview } from "../../generated/protocol";
import { t } from "../i18n";
import { explain } from "../refusals";
import { Refused } from "../timeline/outbox";
import { reviewState } from "../words";

/** How a desk speaks of what it decides. */
export interface Speaking {
  deciding: (name: string) => string;
  faster: (name: string, state: string) => string;
  changed: (state: string) => string;
}

const OF_QUESTIONS: Speaking = {
  deciding: (name) => t("{name} is deciding this question.", { name }),
  faster: (name, state) =>
    t("{name} was faster. This question is now: {state}.", { name, state: words(state) }),
  changed: (state) =>
    t("This question has changed meanwhile. It is now: {state}.", { state: words(state) }),
};

function words(state: string): string {
  return reviewState(state as QuestionReview["state"]);
}

/** What a conflict means: who was faster, and what is so now. */
export function clash(error: unknown, say: Speaking = OF_QUESTIONS): string {
  if (!(error instanceof Refused) || !error.data) return explain(error);
  const { claim, state, by_name: name } = error.data;
  if (claim && typeof claim === "object" && "by_name" in claim) {
    return say.deciding(String(claim.by_name));
  }
  if (error.code !== "conflict" && error.code !== "wrong_state") return explain(error);
  if (typeof state !== "string") return explain(error);
  return typeof name === "string" && name ? say.faster(name, state) : say.changed(state);
}
