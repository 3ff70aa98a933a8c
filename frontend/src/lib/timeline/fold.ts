// The fold: entries to the present state of every key. `live/timeline/fold.py` is its twin; both
// are held to the timelines of `tests/golden/`.

export type State = { readonly [field: string]: unknown };
export type States = Map<string, State>;

/** What the fold reads of an entry. */
export interface Step {
  readonly key: string;
  readonly state: State | null;
}

/** Apply entries, oldest first, to `states` (changed in place). */
export function fold(entries: Iterable<Step>, states: States = new Map()): States {
  for (const { key, state } of entries) {
    if (state === null) states.delete(key);
    else states.set(key, state);
  }
  return states;
}

/** The states that a snapshot says. */
export function unfold(snapshot: Readonly<Record<string, State | null>>): States {
  return fold(Object.entries(snapshot).map(([key, state]) => ({ key, state })));
}
