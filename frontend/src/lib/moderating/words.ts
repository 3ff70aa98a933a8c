// What moderators read of filters, labels and sanctions, at the desk of a sitting and at that of
// concerns.

import type { Flag, QuestionReview, SanctionState } from "../../generated/protocol";
import { t } from "../i18n";
import { reason } from "../words";

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

/** What the button for a sanction says. */
export function sanctionAct(kind: SanctionState["kind"]): string {
  switch (kind) {
    case "warning":
      return t("Warn");
    case "mute":
      return t("Keep from writing");
    case "ban":
      return t("Exclude");
  }
}

export function sanctionName(kind: SanctionState["kind"]): string {
  switch (kind) {
    case "warning":
      return t("Warning");
    case "mute":
      return t("May not write");
    case "ban":
      return t("Excluded");
  }
}
