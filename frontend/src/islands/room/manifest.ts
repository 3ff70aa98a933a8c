import { HttpError, request } from "../../lib/http";
import { backoff } from "../../lib/timeline/backoff";
import type { Manifest } from "../../lib/timeline/replay";

/** How long a recording that is not there yet is asked for. Milliseconds. */
const PATIENCE_MS = 180_000;

/**
 * Ask for the manifest until the recording is in it. `found` is called with each one that says
 * something new, and whether more may come. Raises `HttpError` when there is none to be had.
 */
export async function manifests(
  address: string,
  signal: AbortSignal,
  found: (manifest: Manifest, more: boolean) => void,
): Promise<void> {
  const began = Date.now();
  for (let tries = 1; !signal.aborted; tries++) {
    const patient = Date.now() - began < PATIENCE_MS;
    try {
      const manifest = await request<Manifest>(address, { signal });
      const complete = manifest.duration_s > 0;
      if (complete || tries === 1 || !patient) found(manifest, !complete && patient);
      if (complete || !patient) return;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof HttpError && error.status < 500 && error.status !== 429) throw error;
    }
    const wait = 1500 + backoff(tries, { base: 2000, cap: 15_000 });
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
