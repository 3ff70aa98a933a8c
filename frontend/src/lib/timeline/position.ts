import type { EntriesFrame, EntryFrame, SnapshotFrame, Stream } from "../../generated/protocol";
import { fold, unfold, type States } from "./fold";
import type { Change } from "./source";

/** Entries are missing before those received: ask again with `since`. */
export class Gap extends Error {}

/** What a client knows of a timeline, and up to where. */
export class Position {
  states: States = new Map();
  /** Place in `stream` of `epoch`; null before the first snapshot. */
  seq: number | null = null;
  epoch: string | null = null;
  stream: Stream | null = null;

  /** Begin where a page stood, without knowing the states before it. */
  begin(from: { epoch: string; seq: number }, stream: Stream): void {
    this.seq = from.seq;
    this.epoch = from.epoch;
    this.stream = stream;
  }

  /** Take a snapshot: everything known before is forgotten. */
  snapshot(frame: SnapshotFrame): Change {
    this.states = unfold(frame.states);
    this.seq = frame.seq;
    this.epoch = frame.epoch;
    this.stream = frame.stream;
    return "all";
  }

  /** Take entries; those known already are left out. Raises `Gap`. */
  entries(frame: EntriesFrame): { fresh: EntryFrame[]; changed: Change } {
    if (this.seq === null || frame.epoch !== this.epoch || frame.stream !== this.stream) {
      throw new Gap("entries of a timeline we do not know");
    }
    const fresh: EntryFrame[] = [];
    let seq = this.seq;
    for (const entry of frame.entries) {
      if (entry.seq <= seq) continue;
      if (entry.seq !== seq + 1) throw new Gap(`after ${seq} came ${entry.seq}`);
      fresh.push(entry);
      seq = entry.seq;
    }
    fold(fresh, this.states);
    this.seq = seq;
    return { fresh, changed: new Set(fresh.map((entry) => entry.key)) };
  }

  /** Parameters that ask for what is missing. */
  query(stream: Stream): Record<string, string> {
    const query: Record<string, string> = { stream };
    if (this.seq !== null && this.epoch !== null && this.stream === stream) {
      query["since"] = String(this.seq);
      query["epoch"] = this.epoch;
    }
    return query;
  }

  forget(): void {
    this.seq = null;
  }
}
