// Concerns in words that people use.

import type { ConcernReview, EntryKind } from "../generated/protocol";
import { t } from "./i18n";
import { REASON_CODES, REPORT_CODES } from "./words";

export type ConcernState = ConcernReview["state"];

export function concernState(state: ConcernState): string {
  switch (state) {
    case "pending":
      return t("waiting for a moderator");
    case "received":
      return t("received");
    case "taken_up":
      return t("taken up");
    case "planned":
      return t("planned");
    case "done":
      return t("settled");
    case "refused":
      return t("declined");
    case "rejected":
      return t("not published");
    case "merged":
      return t("joined to another");
    case "withdrawn":
      return t("withdrawn");
  }
}

/** The chip of each state: `components.css` has these. */
export const CHIPS: Partial<Record<ConcernState, string>> = {
  pending: "chip--paused",
  taken_up: "chip--paused",
  planned: "chip--paused",
  done: "chip--done",
  refused: "chip--closed",
  rejected: "chip--closed",
};

const CATEGORIES: Readonly<Record<string, () => string>> = {
  roads: () => t("Roads"),
  water: () => t("Water"),
  waste: () => t("Waste"),
  light: () => t("Lighting and power"),
  markets: () => t("Markets"),
  schools: () => t("Schools"),
  health: () => t("Health"),
  land: () => t("Land and housing"),
  security: () => t("Security"),
  other: () => t("Something else"),
};

export function categoryName(slug: string, own: string): string {
  return own || (CATEGORIES[slug]?.() ?? slug);
}

/** What an entry says of a concern; empty for those that are no news. */
export function happened(kind: EntryKind): string {
  switch (kind) {
    case "concern.published":
      return t("Received by the commune");
    case "concern.taken_up":
      return t("Taken up");
    case "concern.planned":
      return t("Planned");
    case "concern.done":
      return t("Settled");
    case "concern.refused":
      return t("Declined");
    case "concern.referred":
      return t("Goes before a sitting");
    case "concern.answered":
      return t("Answered in a sitting");
    case "concern.related":
      return t("Joined by another like it");
    default:
      return "";
  }
}

/** Why a concern or a comment is refused: all reasons but those that speak of a sitting. */
export const CONCERN_REASONS = REASON_CODES.filter((code) => code !== "off_topic");
export const CONCERN_REPORTS = REPORT_CODES.filter((code) => code !== "off_topic");

/** Where in the commune: "Togoudo, Godomey". */
export function place(concern: { quarter: string; arrondissement: string }): string {
  return [concern.quarter, concern.arrondissement].filter(Boolean).join(", ");
}
