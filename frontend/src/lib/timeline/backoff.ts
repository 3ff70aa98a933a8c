/** Full jitter: anything up to `base` doubled at each failure, `cap` at most. Milliseconds. */
export function backoff(
  failures: number,
  { base = 1000, cap = 30_000, random = Math.random } = {},
): number {
  return Math.round(random() * Math.min(cap, base * 2 ** Math.max(0, failures - 1)));
}
