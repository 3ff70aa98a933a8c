// Which thumbnail shows which second of a recording.

export interface Storyboard {
  /** Seconds between two thumbnails. */
  every: number;
  count: number;
  columns: number;
  per_sheet: number;
  /** Of a thumbnail. */
  width: number;
  height: number;
  sheets: readonly string[];
}

export interface Thumbnail {
  sheet: string;
  x: number;
  y: number;
}

/** The thumbnail of a second since the beginning of the recording. */
export function thumbnail(board: Storyboard, seconds: number): Thumbnail | null {
  if (board.count < 1) return null;
  const number = Math.min(board.count - 1, Math.max(0, Math.floor(seconds / board.every)));
  const sheet = board.sheets[Math.floor(number / board.per_sheet)];
  const place = number % board.per_sheet;
  if (sheet === undefined) return null;
  return {
    sheet,
    x: (place % board.columns) * board.width,
    y: Math.floor(place / board.columns) * board.height,
  };
}

/** The index of the thumbnails; null where it cannot be had, which takes nothing from playing. */
export async function loadBoard(address: string): Promise<Storyboard | null> {
  try {
    const answer = await fetch(address);
    return answer.ok ? ((await answer.json()) as Storyboard) : null;
  } catch {
    return null;
  }
}
