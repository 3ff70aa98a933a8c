import type {
  CommitmentState,
  EntryFrame,
  PublicPoll,
  PublicQuestion,
} from "../../generated/protocol";
import { t } from "../../lib/i18n";
import type { Replay } from "../../lib/timeline/replay";

/** Something worth going to in a recording. */
export interface Moment {
  seq: number;
  /** Seconds of the recording. */
  at: number;
  what: string;
  text: string;
}

/** Points taken up, questions on screen and votes, in their order. */
export function moments(replay: Replay): Moment[] {
  const found: Moment[] = [];
  for (const entry of replay.entries) {
    const said = describe(entry);
    if (said) found.push({ seq: entry.seq, at: replay.when(entry), ...said });
  }
  return found;
}

function describe(entry: EntryFrame): { what: string; text: string } | null {
  const state = entry.state as Record<string, unknown> | null;
  switch (entry.kind) {
    case "agenda.opened":
    case "agenda.reopened":
      return { what: t("Item"), text: String(state?.["title"] ?? "") };
    case "question.shown":
      return { what: t("Question"), text: (state as PublicQuestion | null)?.text ?? "" };
    case "poll.opened":
      return { what: t("Vote opened"), text: (state as PublicPoll | null)?.prompt ?? "" };
    case "poll.closed":
      return { what: t("Vote closed"), text: (state as PublicPoll | null)?.prompt ?? "" };
    case "commitment.made":
      return { what: t("Promise"), text: (state as CommitmentState | null)?.wording ?? "" };
    case "sitting.paused":
      return { what: t("Pause"), text: "" };
    case "sitting.doors_closed":
      return { what: t("Closed doors"), text: "" };
    case "sitting.resumed":
    case "sitting.doors_reopened":
      return { what: t("Resumed"), text: "" };
    default:
      return null;
  }
}
