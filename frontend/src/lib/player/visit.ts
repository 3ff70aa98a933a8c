// The name of this visit, by which media's budget of the line knows it (`docs/media.md`). It is made
// anew with each page and means nobody.

const NAME = Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte) =>
  byte.toString(36).padStart(2, "0"),
).join("");

/** The address with this visit's name. */
export function named(address: string): string {
  return `${address}${address.includes("?") ? "&" : "?"}s=${NAME}`;
}
