import type { Offer, Picture } from "./cost";

/** The heights that one may choose from, smallest first. */
export function heights(...all: readonly (readonly Pick<Picture, "height">[])[]): number[] {
  return [...new Set(all.flat().map((one) => one.height))].sort((a, b) => a - b);
}

/** Whether the hall's own picture is meant; null: by the network. */
export function isWhole(height: number | null, { pictures }: Offer): boolean {
  return height === null || height >= (pictures.at(-1)?.height ?? 0);
}
