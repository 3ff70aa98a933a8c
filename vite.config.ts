import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { words } from "./frontend/tools/words.ts";

export default defineConfig({
  // Chunks find each other by relative addresses, wherever the files are served from.
  base: "./",
  plugins: [svelte(), words("frontend/src")],
  publicDir: false,
  build: {
    outDir: "frontend/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    // Cheap telephones keep old browsers for years.
    target: ["chrome87", "firefox90", "safari14.1"],
    // The templates link the styles' tokens; what islands add is small and travels with them.
    cssCodeSplit: true,
    // Styles have to be there before what they dress; scripts find each other, and what a page needs
    // at once is fetched ahead by its template. Lists of all of them would be in every page.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_chunk, files) => files.filter((file) => file.endsWith(".css")),
    },
    // hls.js is large, and loaded only where a browser needs it.
    chunkSizeWarningLimit: 640,
    rolldownOptions: {
      input: "frontend/src/main.ts",
      output: {
        // What the entry shares with islands is a chunk of its own, so that nothing imports the
        // entry: a server that renames it would make browsers run it twice.
        codeSplitting: {
          groups: [{ name: "base", test: /node_modules.(svelte|esm-env|clsx)|lib.i18n\.ts/ }],
        },
      },
    },
  },
  resolve: process.env["VITEST"] ? { conditions: ["browser"] } : {},
  test: {
    environment: "jsdom",
    include: ["frontend/**/*.test.ts"],
  },
});
