import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // Chunks find each other by relative addresses, wherever the files are served from.
  base: "./",
  plugins: [svelte()],
  publicDir: false,
  build: {
    outDir: "frontend/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    // Cheap telephones keep old browsers for years.
    target: ["chrome87", "firefox90", "safari14.1"],
    // The templates link the styles' tokens; what islands add is small and travels with them.
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    rollupOptions: { input: "frontend/src/main.ts" },
  },
  resolve: process.env["VITEST"] ? { conditions: ["browser"] } : {},
  test: {
    environment: "jsdom",
    include: ["frontend/src/**/*.test.ts", "tests/frontend/**/*.test.ts"],
  },
});
