// The order of a list that somebody is working in: what one looks at does not move.

export interface Steady {
  readonly shown: readonly number[];
  /** How many are not shown yet, because they would push others aside. */
  readonly held: number;
}

/** The order to show next.
 *
 * `wanted`: the order as it would be; `steady`: somebody is working in the list. Then what is
 * shown keeps its order, what comes after all that is shown is added to the end, and other
 * newcomers are held back. What left the queue goes, except what `stays`.
 */
export function settle(
  shown: readonly number[],
  wanted: readonly number[],
  steady: boolean,
  stays: (id: number) => boolean,
): Steady {
  if (!steady) return { shown: wanted, held: 0 };
  const belonging = new Set(wanted);
  const before = new Set(shown);
  const kept = shown.filter((id) => belonging.has(id) || stays(id));
  let last = wanted.length - 1;
  while (last >= 0 && !before.has(wanted[last]!)) last--;
  if (last < 0 && kept.length === 0) return { shown: wanted, held: 0 };
  const added = wanted.slice(last + 1);
  // Nothing that is wanted is shown: what comes next cannot push any of it aside.
  if (last < 0) return { shown: [...kept, ...wanted], held: 0 };
  const held = wanted.length - added.length - kept.filter((id) => belonging.has(id)).length;
  return {
    shown: added.length > 0 || kept.length < shown.length ? [...kept, ...added] : shown,
    held,
  };
}
