// Gives each island the words it says, and no others: the catalogue of the whole house would weigh
// more than some islands. `virtual:words` maps a language to its islands' loaders.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Plugin } from "vite";

type Catalogue = Record<string, string | string[]>;

const MODULE = "virtual:words";
const SOURCE = /\.(ts|svelte)$/;
const IMPORT = /(?:from|import)\s*\(?\s*"(\.[^"]+)"/g;
const CALL = /\btn?\(\s*("(?:[^"\\]|\\.)*")/g;

/** An island's own door: what is behind it brings its own words. */
const DOOR = /[\\/]islands[\\/][^\\/]+[\\/]index\.ts$/;

/** The source files that `entry` is made of, up to the doors of other islands. */
export function closure(entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  for (const [, address] of readFileSync(entry, "utf-8").matchAll(IMPORT)) {
    const target = resolve(dirname(entry), address ?? "");
    const found = [target, `${target}.ts`, join(target, "index.ts")].find(
      (file) => SOURCE.test(file) && existsSync(file),
    );
    if (found && !DOOR.test(found)) closure(found, seen);
  }
  return seen;
}

/** The messages that these files say. */
export function said(files: Iterable<string>): Set<string> {
  const messages = new Set<string>();
  for (const file of files) {
    for (const [, literal] of readFileSync(file, "utf-8").matchAll(CALL)) {
      messages.add(JSON.parse(literal ?? '""') as string);
    }
  }
  return messages;
}

/** `source`: the folder of `islands/` and `generated/`. */
export function words(source: string): Plugin {
  const islands = join(source, "islands");
  const generated = join(source, "generated");
  const languages = (): string[] =>
    readdirSync(generated).flatMap((name) => /^messages\.(\w+)\.json$/.exec(name)?.[1] ?? []);

  return {
    name: "palabre-words",
    resolveId: (id) => (id.startsWith(MODULE) ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(`\0${MODULE}`)) return null;
      const [, language, island] = id.split("/");
      if (language && island) {
        const file = join(generated, `messages.${language}.json`);
        const catalogue = JSON.parse(readFileSync(file, "utf-8")) as Catalogue;
        const files = closure(join(islands, island, "index.ts"));
        for (const watched of [file, ...files]) this.addWatchFile(watched);
        const wanted = said(files);
        const kept = Object.entries(catalogue).filter(([message]) => wanted.has(message));
        return `export default ${JSON.stringify(Object.fromEntries(kept))};`;
      }
      const names = readdirSync(islands).filter((name) =>
        existsSync(join(islands, name, "index.ts")),
      );
      const rows = languages().map((spoken) => {
        const loaders = names.map(
          (name) => `${JSON.stringify(name)}: () => import("${MODULE}/${spoken}/${name}")`,
        );
        return `${JSON.stringify(spoken)}: {${loaders.join(", ")}}`;
      });
      return `export default {${rows.join(", ")}};`;
    },
  };
}
