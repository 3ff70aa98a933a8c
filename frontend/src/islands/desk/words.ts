// What moderators read of queues and decisions.

import type { QuestionReview } from "../../generated/protocol";
import { t } from "../../lib/i18n";
import type { Act } from "./acts";
import type { QueueName } from "./questions";

export function queueName(queue: QueueName): string {
  switch (queue) {
    case "waiting":
      return t("To decide");
    case "newest":
      return t("The newest");
    case "risk":
      return t("Risk");
    case "second":
      return t("Second opinion");
    case "appeals":
      return t("Appeals");
    case "reports":
      return t("Reports");
    case "forwarded":
      return t("Forwarded");
    case "published":
      return t("Already published");
    case "answered":
      return t("Already answered");
    case "closed":
      return t("Set aside");
  }
}

/** What the button for an act says. */
export function actName(act: Act, review: QuestionReview, state: QuestionReview["state"]): string {
  switch (act) {
    case "approve":
      if (state === "rejected") return t("Publish after all");
      return state === "pending" ? t("Publish") : t("May stay");
    case "reject":
      if (review.second_opinion) return t("Confirm refusal");
      return state === "pending" ? t("Refuse") : t("Take back");
    case "highlight":
      return t("Choose");
    case "unhighlight":
      return t("Choose no longer");
    case "show":
      return state === "pending" ? t("Publish and show") : t("Show on screen");
    case "unshow":
      return t("Off the screen");
    case "answer":
      return t("Answered");
    case "reopen":
      return t("Not answered yet");
    case "split":
      return t("Separate again");
  }
}

/** What was done, in the toast. */
export function actDone(act: Act | "merge"): string {
  switch (act) {
    case "approve":
      return t("Published");
    case "reject":
      return t("Refused");
    case "highlight":
      return t("Chosen for an answer");
    case "unhighlight":
      return t("No longer chosen");
    case "show":
      return t("On screen");
    case "unshow":
      return t("Off the screen");
    case "answer":
      return t("Answered");
    case "reopen":
      return t("Open again");
    case "split":
      return t("Separated");
    case "merge":
      return t("Joined");
  }
}
