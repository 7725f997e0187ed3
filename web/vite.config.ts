import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin, transformWithOxc } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  // A third of the size of React at first load. The sources import React, whose types Preact's compatibility layer follows.
  resolve: { alias: { react: "preact/compat", "react-dom": "preact/compat" } },
  plugins: [standaloneFiles()],
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

/** Writes `404.html`, the page of unknown addresses, and `sw.js`, the service worker with the files of this build. */
function standaloneFiles(): Plugin {
  return {
    name: "standalone-files",
    apply: "build",
    enforce: "post",
    async generateBundle(_, bundle) {
      const page = bundle["index.html"];
      if (page?.type !== "asset") return this.error("The build has no index.html.");
      const html = String(page.source);
      const unknown = html.replace("</head>", '    <meta name="robots" content="noindex" />\n  </head>');
      this.emitFile({ type: "asset", fileName: "404.html", source: unknown });

      const assets = [...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path!);
      const files = ["/index.html", "/favicon.svg", "/manifest.webmanifest", ...assets];
      const version = createHash("sha256").update(html).digest("hex").slice(0, 12);
      const source = readFileSync(join(import.meta.dirname, "worker", "serviceWorker.ts"), "utf8");
      const { code } = await transformWithOxc(source, "serviceWorker.ts", {
        define: { VERSION: JSON.stringify(version), FILES: JSON.stringify(files) },
      });
      this.emitFile({ type: "asset", fileName: "sw.js", source: code });
    },
  };
}
