import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  // The shell's configuration expects the development server on exactly this port.
  server: { port: 5173, strictPort: true, host: "127.0.0.1" },
  clearScreen: false,
  build: {
    target: "es2022",
    // The content security policy allows fonts and pictures from 'self' only, so nothing
    // may be turned into a data: address.
    assetsInlineLimit: 0,
    // The script that polyfills module preloading is not needed by any WebKit we run on.
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  test: {
    // Pure logic runs without a document; what draws says so at its top.
    environment: "node",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["./tests/setup.ts"],
    testTimeout: 20_000,
    // It would leave one core alone, and two are all there may be.
    maxWorkers: "100%",
    // Times are shown in the operator's zone; the tests state theirs.
    env: { TZ: "UTC" },
    css: { modules: { classNameStrategy: "non-scoped" } },
  },
});
