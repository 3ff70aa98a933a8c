import type { MediaReport } from "../generated/protocol";
import { request } from "./http";

/** Ask again and again how the broadcast goes; null: it is not known for the moment. The answer
 * stops it. */
export function followReport(
  address: string,
  everyMs: number,
  told: (report: MediaReport | null) => void,
): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout>;
  const round = async (): Promise<void> => {
    const report = await request<MediaReport>(address).catch(() => null);
    if (stopped) return;
    told(report);
    timer = setTimeout(() => void round(), everyMs);
  };
  void round();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
