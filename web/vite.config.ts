import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  // A third of the size of React at first load. The sources import React, whose types Preact's compatibility layer follows.
  resolve: { alias: { react: "preact/compat", "react-dom": "preact/compat" } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    // The content security policy allows scripts and styles from files only.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      onLog: (level, log, report) => {
        // "use client" is for rendering on servers.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
      },
    },
  },
});
