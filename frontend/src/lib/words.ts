// States in words that people use.

import type { MyQuestion, QuestionReview, SittingFacts } from "../generated/protocol";
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
  }
}
