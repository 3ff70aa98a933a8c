import type { Act } from "./acts";

export type Shortcut =
  | { act: readonly Act[] }
  | {
      do:
        | "next"
        | "previous"
        | "merge"
        | "choose"
        | "mark"
        | "open"
        | "claim"
        | "undo"
        | "search"
        | "newcomers"
        | "forward"
        | "note"
        | "label"
        | "sanction"
        | "channel"
        | "queue+"
        | "queue-"
        | "legend";
    };

const SHORTCUTS: Readonly<Record<string, Shortcut>> = {
  j: { do: "next" },
  k: { do: "previous" },
  a: { act: ["approve"] },
  r: { act: ["reject"] },
  m: { do: "merge" },
  M: { do: "choose" },
  x: { do: "mark" },
  o: { do: "open" },
  h: { act: ["highlight", "unhighlight"] },
  s: { act: ["show", "unshow"] },
  d: { act: ["answer", "reopen"] },
  c: { do: "claim" },
  u: { do: "undo" },
  z: { do: "undo" },
  "/": { do: "search" },
  g: { do: "newcomers" },
  f: { do: "forward" },
  n: { do: "note" },
  l: { do: "label" },
  b: { do: "sanction" },
  t: { do: "channel" },
  "]": { do: "queue+" },
  "[": { do: "queue-" },
  "?": { do: "legend" },
};

/** What a key press asks for; null while somebody types or answers a dialog, or with modifiers. */
export function shortcut(event: KeyboardEvent): Shortcut | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null;
  const target = event.target;
  if (target instanceof HTMLElement && target.closest("input, textarea, select, dialog")) {
    return null;
  }
  return SHORTCUTS[event.key] ?? null;
}
