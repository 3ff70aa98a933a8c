// What moderators read of filters, queues and decisions.

import type { Flag, QuestionReview, SanctionState } from "../../generated/protocol";
import { t } from "../../lib/i18n";
import { reason } from "../../lib/words";
import type { Act } from "./acts";
import type { QueueName } from "./questions";

/** The label by which a moderator says that a question criticises those who answer. */
export const ABOUT_HOST = "about_host";

export function flagName(flag: Flag): string {
  switch (flag.code) {
    case "word":
      return t("Listed word");
    case "phone":
      return t("Telephone number");
    case "email":
      return t("E-mail address");
    case "link":
      return t("Link");
    case "capitals":
      return t("Written in capitals");
    case "flood":
      return t("Asks much at once");
    case "new_account":
      return t("New account");
    case "about_host":
      return t("About those who answer");
    case "reported":
      return t("Reported");
  }
}

/** The words that a filter means, if it means any. */
export function flagDetail(flag: Flag): string {
  if (flag.code === "reported") {
    return reason(flag.excerpt as NonNullable<QuestionReview["code"]>, "") || flag.excerpt;
  }
  if (flag.code === "flood") return t("{n} in 10 min", { n: flag.excerpt });
  return flag.excerpt;
}

export function labelName(label: string): string {
  return label === ABOUT_HOST ? t("About those who answer") : label;
}

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

export function sanctionName(kind: SanctionState["kind"]): string {
  switch (kind) {
    case "warning":
      return t("Warning");
    case "mute":
      return t("May not ask");
    case "ban":
      return t("Excluded");
  }
}
