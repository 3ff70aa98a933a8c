/** At `media` seconds of the recording it was `wall` (Unix seconds). */
export type Anchor = readonly [media: number, wall: number];

/**
 * Between media time and wall time. From an anchor on both run at the same pace; where the
 * recording was paused or cut, the next anchor jumps.
 */
export class Anchors {
  readonly #anchors: readonly Anchor[];

  constructor(anchors: readonly Anchor[]) {
    this.#anchors = [...anchors].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  }

  get empty(): boolean {
    return this.#anchors.length === 0;
  }

  /** Wall time in milliseconds since 1970 at `media` seconds. */
  wall(media: number): number {
    const anchor = this.#anchors[this.#last((candidate) => candidate[0] <= media)];
    return anchor ? (anchor[1] + media - anchor[0]) * 1000 : Number.NEGATIVE_INFINITY;
  }

  /** Seconds of the recording at wall time `at` (ms); what happened in a cut is at its seam. */
  media(at: number): number {
    const wall = at / 1000;
    const index = this.#last((candidate) => candidate[1] <= wall);
    const anchor = this.#anchors[index];
    if (!anchor) return 0;
    const media = anchor[0] + Math.max(0, wall - anchor[1]);
    return Math.max(0, Math.min(media, this.#anchors[index + 1]?.[0] ?? Infinity));
  }

  /** Index of the last anchor of which `holds` is true, else of the first. */
  #last(holds: (anchor: Anchor) => boolean): number {
    for (let index = this.#anchors.length - 1; index > 0; index--) {
      const anchor = this.#anchors[index];
      if (anchor && holds(anchor)) return index;
    }
    return 0;
  }
}
