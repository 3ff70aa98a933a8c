// What moderators of concerns read.

import { concernState } from "../../lib/concerns";
import { t } from "../../lib/i18n";
import { clash, type Speaking } from "../../lib/moderating/clash";
import type { Matter, Queue } from "./board.svelte";

export function queueName(queue: Queue): string {
  switch (queue) {
    case "waiting":
      return t("To decide");
    case "second":
      return t("Second opinion");
    case "reported":
      return t("Reports");
    case "public":
      return t("Already published");
    case "aside":
      return t("Set aside");
  }
}

export function stateName(state: Matter["review"]["state"]): string {
  return state === "published" ? t("Published") : concernState(state);
}

const OF_CONCERNS: Speaking = {
  deciding: (name) => t("{name} is deciding this.", { name }),
  faster: (name, state) =>
    t("{name} was faster. It is now: {state}.", { name, state: said(state) }),
  changed: (state) => t("It has changed meanwhile. It is now: {state}.", { state: said(state) }),
};

function said(state: string): string {
  return stateName(state as Matter["review"]["state"]);
}

/** Why something could not be decided. */
export function why(error: unknown): string {
  return clash(error, OF_CONCERNS);
}
