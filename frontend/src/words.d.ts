declare module "virtual:words" {
  import type { Catalogue } from "./lib/i18n";

  /** Language -> island -> its words. English needs none. */
  const words: Readonly<
    Record<string, Readonly<Record<string, () => Promise<{ default: Catalogue }>>>>
  >;
  export default words;
}
