import type { Act } from "./queue.svelte";

export type Shortcut = "next" | "previous" | "undo" | "legend" | readonly Act[];

const SHORTCUTS: Readonly<Record<string, Shortcut>> = {
  j: "next",
  k: "previous",
  u: "undo",
  "?": "legend",
  a: ["approve"],
  r: ["reject"],
  s: ["show", "unshow"],
  d: ["answer", "reopen"],
  h: ["highlight", "unhighlight"],
};

/** What a key press asks for; null while somebody types, or with modifiers. */
export function shortcut(event: KeyboardEvent): Shortcut | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null;
  const target = event.target;
  if (target instanceof HTMLElement && target.closest("input, textarea, select")) return null;
  return SHORTCUTS[event.key] ?? null;
}
