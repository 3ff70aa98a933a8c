import words from "virtual:words";
import { speak } from "../i18n";

export type Loaded = typeof import("../../islands/player/index");

/** The player and its words, as soon as there is something to play. */
export async function loadPlayer(language: string): Promise<Loaded> {
  const [island, said] = await Promise.all([
    import("../../islands/player/index"),
    words[language]?.["player"]?.(),
  ]);
  speak(language, said?.default ?? {});
  return island;
}
