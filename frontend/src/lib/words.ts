// States in words that people use.

import type {
  CommitmentState,
  MyQuestion,
  ParticipationState,
  PollOptionState,
  QuestionReview,
  SittingFacts,
} from "../generated/protocol";
import { t } from "./i18n";
import type { Connection } from "./timeline/client";

export function sittingState(state: SittingFacts["state"]): string {
  switch (state) {
    case "draft":
      return t("In preparation");
    case "scheduled":
      return t("Scheduled");
    case "live":
      return t("Live");
    case "paused":
      return t("Paused");
    case "closed_doors":
      return t("Closed doors");
    case "ended":
    case "archived":
      return t("Ended");
    case "cancelled":
      return t("Cancelled");
  }
}

export function connectionState(connection: Connection): string {
  switch (connection) {
    case "connecting":
      return t("Connecting…");
    case "live":
      return t("Connected");
    case "reconnecting":
      return t("Reconnecting…");
    case "offline":
      return t("No network. What you see is what we last received.");
    case "blocked":
      return t("Slow mode: this network blocks live updates. New things arrive every few seconds.");
    case "written":
      return t("In writing: news every 20 seconds.");
    case "refused":
      return t("You may no longer see this page. Sign in again.");
  }
}

export function myQuestionState(question: MyQuestion): string {
  switch (question.state) {
    case "pending":
      return t("Waiting for a moderator");
    case "approved":
      return t("Published");
    case "on_screen":
      return t("On screen now");
    case "answered":
      return t("Answered");
    case "rejected":
      return t("Refused");
    case "withdrawn":
      return t("Withdrawn by you");
    case "highlighted":
      return t("Chosen for an answer");
    case "merged":
      return t("Joined with another question");
    case "not_reached":
      return t("The sitting ended before its turn");
  }
}

export function reviewState(state: QuestionReview["state"]): string {
  switch (state) {
    case "pending":
      return t("Pending");
    case "approved":
      return t("Published");
    case "on_screen":
      return t("On screen");
    case "answered":
      return t("Answered");
    case "rejected":
      return t("Refused");
    case "withdrawn":
      return t("Withdrawn");
    case "highlighted":
      return t("Chosen");
    case "merged":
      return t("Joined with another");
    case "not_reached":
      return t("Not reached");
  }
}

export type ReasonCode = NonNullable<QuestionReview["code"]>;

/** Why a question was refused, in the words its author reads. */
export function reason(code: ReasonCode | null, own: string): string {
  const said = code && code !== "other" ? REASONS[code]() : "";
  return [said, own].filter(Boolean).join(" – ");
}

const REASONS: Record<ReasonCode, () => string> = {
  duplicate: () => t("Asked already"),
  off_topic: () => t("Not about this sitting"),
  private_matter: () => t("Concerns one person's own case"),
  personal_data: () => t("Contains personal data"),
  insult: () => t("Insults somebody"),
  unproven_accusation: () => t("Accuses somebody without proof"),
  answered_already: () => t("Answered already"),
  unreadable: () => t("Cannot be understood"),
  advertising: () => t("Advertising"),
  other: () => t("Another reason"),
};

/** The reasons one can choose by its number; "other" needs words of one's own. */
export const REASON_CODES = Object.keys(REASONS).filter((code) => code !== "other") as ReasonCode[];

/** What citizens report a question for. */
export const REPORT_CODES: readonly ReasonCode[] = [
  "insult",
  "personal_data",
  "unproven_accusation",
  "off_topic",
  "advertising",
  "unreadable",
  "other",
];

export function reportReason(code: ReasonCode): string {
  return REASONS[code]();
}

export type Level = ParticipationState["level"];

/** From the widest to the narrowest. */
export const LEVELS: readonly Level[] = ["confirmed", "listed", "hall"];

/** People of one level, as counts name them. */
export function levelName(level: Level): string {
  switch (level) {
    case "hall":
      return t("In the hall");
    case "listed":
      return t("On the commune's list");
    case "confirmed":
      return t("Telephone confirmed");
  }
}

export function commitmentState(state: CommitmentState["state"]): string {
  switch (state) {
    case "open":
      return t("To be kept");
    case "kept":
      return t("Kept");
    case "late":
      return t("Late");
    case "dropped":
      return t("Dropped");
  }
}

/** An option of a poll, in the person's language where the server made it. */
export function optionLabel(option: PollOptionState): string {
  switch (option.code) {
    case "yes":
      return t("Yes");
    case "no":
      return t("No");
    case "abstain":
      return t("Abstention");
    case "1":
      return t("1 – very bad");
    case "5":
      return t("5 – very good");
    default:
      return option.label || option.code;
  }
}

export function roleName(role: string): string {
  switch (role) {
    case "moderator":
      return t("moderator");
    case "clerk":
      return t("clerk");
    case "host":
      return t("host");
    case "admin":
      return t("administrator");
    case "interpreter":
      return t("interpreter");
    default:
      return role;
  }
}
