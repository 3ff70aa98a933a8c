// What a page tells its island. `portal/islands.py` writes it.

import type { Me, SittingFacts, Stream } from "../generated/protocol";

export interface SittingProps {
  id: string;
  title: string;
  kind: SittingFacts["kind"];
  state: SittingFacts["state"];
  /** Name of the commune. */
  commune: string;
  /** Milliseconds since 1970. */
  scheduled_at: number;
  rehearsal: boolean;
}

/** Addresses; only what this person may use is there. */
export interface Urls {
  ws: string;
  timeline: string;
  manifest: string;
  hls: string;
  audio: string;
  page: string;
  /** Of a recording, once they are made: its poster, and the index of its thumbnails. */
  poster?: string;
  storyboard?: string;
  /** Published questions that ask what is being typed. */
  similar: string;
  /** All known results as CSV; that of one poll is beside it. */
  polls_csv: string;
  /** The commune's register of promises. */
  commitments: string;
  /** For visitors. */
  signin?: string;
  ticket?: string;
  /** Notifications on this device. */
  push?: string;
  /** The commune's published documents. */
  documents?: string;
  /** Colleagues who can be asked for an answer. */
  staff?: string;
  /** The code to show in the hall. */
  hall_code?: string;
  publish_token?: string;
  preview?: string;
  media?: string;
  desk?: string;
  host?: string;
  control?: string;
  studio?: string;
  projector?: string;
  prepare?: string;
}

export interface Props {
  sitting: SittingProps;
  me: Me | null;
  stream: Stream;
  urls: Urls;
  /** The sitting is over, and something of it concerns this person alone. */
  concerned: boolean;
  /** Price of a gigabyte of mobile data, francs CFA. */
  gigabyte_price: number;
  /** Who says so; empty: nobody in particular. */
  gigabyte_source: string;
  language: string;
}

/** Whether a person with `roles` may do what is for `wanted`; an admin may do it all. */
export function may(me: Me | null | undefined, ...wanted: string[]): boolean {
  return !!me && me.roles.some((role) => role === "admin" || wanted.includes(role));
}
