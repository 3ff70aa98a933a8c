/** What was done last at a desk, for as long as it can be taken back. */
export interface Done {
  said: string;
  text: string;
  undo: (() => Promise<unknown>) | null;
}

/** As long as `review.undo` takes; a little less, for the way there. */
export const UNDO_MS = 9_500;
