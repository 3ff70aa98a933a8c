// Where the rows of a long list are, though only those in view exist.

/** What a row is thought to take before it was seen, pixels. */
const GUESS = 132;

/** Tops of rows, and the end of the last: one number more than rows. */
export type Layout = Float64Array;

/** Heights of rows: measured where they were shown, the mean of those elsewhere. */
export class Heights {
  readonly #known = new Map<number, number>();
  #sum = 0;

  /** Whether this is news. */
  measure(id: number, height: number): boolean {
    const before = this.#known.get(id);
    if (before !== undefined && Math.abs(before - height) < 0.5) return false;
    this.#sum += height - (before ?? 0);
    this.#known.set(id, height);
    return true;
  }

  /** All rows were laid out anew: what was measured is no longer so. */
  forget(): void {
    this.#known.clear();
    this.#sum = 0;
  }

  layout(ids: readonly number[]): Layout {
    const mean = this.#known.size > 0 ? this.#sum / this.#known.size : GUESS;
    const tops = new Float64Array(ids.length + 1);
    let top = 0;
    for (let index = 0; index < ids.length; index++) {
      tops[index] = top;
      top += this.#known.get(ids[index]!) ?? mean;
    }
    tops[ids.length] = top;
    return tops;
  }
}

/** The row at `y`, within what there is. */
export function rowAt(layout: Layout, y: number): number {
  let low = 0;
  let high = Math.max(0, layout.length - 2);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (layout[middle]! <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

export interface Range {
  readonly from: number;
  /** Excluded. */
  readonly to: number;
}

/** Rows that exist when `top` to `bottom` is in view, with a margin for scrolling on. */
export function windowOf(
  layout: Layout,
  top: number,
  bottom: number,
  margin: number,
  most: number,
): Range {
  const rows = layout.length - 1;
  if (rows <= 0) return { from: 0, to: 0 };
  const from = rowAt(layout, top - margin);
  const to = Math.min(rows, rowAt(layout, bottom + margin) + 1);
  return to - from <= most
    ? { from, to }
    : { from: rowAt(layout, top), to: Math.min(rows, rowAt(layout, top) + most) };
}
