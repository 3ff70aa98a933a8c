import type { CommandName, SittingFacts } from "../../generated/protocol";
import { TRANSITIONS } from "../../generated/tables";
import { t } from "../../lib/i18n";

type Transition = Extract<CommandName, `sitting.${string}`>;

/** A way from one state of a sitting to another, as the clerk reads it. */
export interface Step {
  command: Transition;
  label: string;
  /** What one must know before; empty where nothing needs asking. */
  warning: string;
  /** What the button that confirms says. */
  yes: string;
  danger: boolean;
  /** The usual thing to do in this state. */
  main: boolean;
}

/** The steps that the sitting's state allows, the usual one first. */
export function steps(facts: SittingFacts): Step[] {
  return ALL()
    .filter(({ command }) => TRANSITIONS[command.slice("sitting.".length)]?.includes(facts.state))
    .sort((a, b) => Number(b.main) - Number(a.main));
}

const QUIET = { warning: "", yes: "", danger: false, main: false };

const ALL = (): Step[] => [
  {
    ...QUIET,
    command: "sitting.open",
    label: t("Open the sitting"),
    warning: t("The broadcast and the recording begin, and everyone can watch."),
    yes: t("Open now"),
    main: true,
  },
  { ...QUIET, command: "sitting.resume", label: t("Resume"), main: true },
  {
    ...QUIET,
    command: "sitting.reopen_doors",
    label: t("Reopen the doors"),
    warning: t("The broadcast and the recording go on, and everyone can watch again."),
    yes: t("Reopen now"),
    main: true,
  },
  { ...QUIET, command: "sitting.pause", label: t("Pause") },
  {
    ...QUIET,
    command: "sitting.close_doors",
    label: t("Close the doors"),
    warning: t(
      "Picture, sound, recording and questions stop at once, for everyone, until you reopen the doors.",
    ),
    yes: t("Close the doors now"),
    danger: true,
  },
  {
    ...QUIET,
    command: "sitting.end",
    label: t("End the sitting"),
    warning: t("The recording is closed and becomes the replay. An ended sitting cannot go on."),
    yes: t("End it now"),
    danger: true,
  },
  { ...QUIET, command: "sitting.schedule", label: t("Announce") },
  { ...QUIET, command: "sitting.unschedule", label: t("Back to draft") },
  {
    ...QUIET,
    command: "sitting.cancel",
    label: t("Cancel the sitting"),
    warning: t("Everyone sees that it was cancelled. This cannot be undone."),
    yes: t("Cancel the sitting"),
    danger: true,
  },
  { ...QUIET, command: "sitting.archive", label: t("Archive") },
];
