import { HttpError, request } from "../../lib/http";
import { backoff } from "../../lib/timeline/backoff";
import type { Manifest } from "../../lib/timeline/replay";

/** Statuses that trying again does not change. */
const FINAL = new Set([401, 403, 410]);

/** The manifest, asked for until it is there. Raises `HttpError` when it never will be. */
export async function manifest(address: string, signal: AbortSignal): Promise<Manifest> {
  for (let tries = 1; ; tries++) {
    try {
      return await request<Manifest>(address, { signal });
    } catch (error) {
      if (signal.aborted || (error instanceof HttpError && FINAL.has(error.status))) throw error;
      await new Promise((resolve) =>
        setTimeout(resolve, 1500 + backoff(tries, { base: 2000, cap: 20_000 })),
      );
    }
  }
}
