// What the keyboard does while the player has the focus.

export type Act = "toggle" | "back" | "forward" | "mute" | "full" | "live" | "legend";

/** What the arrows and the button move by. Seconds. */
export const STEP_S = 10;

const KEYS: Readonly<Record<string, Act>> = {
  " ": "toggle",
  k: "toggle",
  ArrowLeft: "back",
  ArrowRight: "forward",
  m: "mute",
  f: "full",
  l: "live",
  "?": "legend",
};

/** Controls that need keys for themselves. */
const TYPING = "input:not([type=range]), textarea, select, [contenteditable='true']";

/** What this press means; null: nothing of ours. */
export function meant(event: KeyboardEvent): Act | null {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return null;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest(TYPING)) return null;
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key] ?? null;
  // Space presses the button that has the focus; arrows move the slider by its own steps.
  if (event.key === " " && target?.closest("button, a, summary")) return null;
  if (event.key.startsWith("Arrow") && target?.matches("input[type=range]")) return null;
  return act;
}
