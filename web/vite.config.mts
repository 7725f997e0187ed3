import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build, defineConfig, type Plugin, transformWithOxc } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  // A third of the size of React at first load. The sources import React, whose types Preact's compatibility layer follows.
  // Preact has the hook itself that the shim adds to old versions of React.
  resolve: {
    alias: {
      react: "preact/compat",
      "react-dom": "preact/compat",
      "use-sync-external-store/shim/index.js": "preact/compat",
    },
  },
  plugins: [noNodeModules(), standaloneFiles(), renderer()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    // The content security policy allows scripts and styles from files only.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      // The domain only defines: what a page does not use of it is left out, tables and patterns included.
      treeshake: { moduleSideEffects: [{ test: /\/domain\//, sideEffects: false }] },
      // The first load in one file: each more is a request before the first paint, and beyond six a second round trip where there is no HTTP/2.
      // Otherwise each set of pages that shares a module would get a file.
      output: { codeSplitting: { groups: [{ name: "store", tags: ["$initial"] }] } },
      onLog: (level, log, report) => {
        // "use client" is for rendering on servers.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
      },
    },
  },
});

/** Refuses modules of Node.js, which Vite replaces by empty ones. */
function noNodeModules(): Plugin {
  return {
    name: "no-node-modules",
    apply: "build",
    enforce: "pre",
    resolveId(source, importer) {
      if (source.startsWith("node:")) this.error(`${importer} imports ${source}, which browsers lack.`);
    },
  };
}

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
      // The basket is readable without a connection, before it was ever opened.
      const basket = Object.values(bundle).flatMap((file) =>
        file.type === "chunk" && file.facadeModuleId?.includes("/checkout/basket/")
          ? [file.fileName, ...file.imports, ...(file.viteMetadata?.importedCss ?? [])].map((name) => `/${name}`)
          : [],
      );
      const files = [...new Set(["/index.html", "/favicon.svg", "/manifest.webmanifest", ...assets, ...basket])];
      const version = createHash("sha256").update(html).digest("hex").slice(0, 12);
      const source = readFileSync(join(import.meta.dirname, "worker", "serviceWorker.ts"), "utf8");
      const { code } = await transformWithOxc(source, "serviceWorker.ts", {
        define: { VERSION: JSON.stringify(version), FILES: JSON.stringify(files) },
      });
      this.emitFile({ type: "asset", fileName: "sw.js", source: code });
    },
  };
}

/** Stand-ins for what the page's code reads of the browser: nothing is kept, and nothing happens. */
const NO_BROWSER = `const localStorage = { getItem: () => null }, sessionStorage = localStorage, addEventListener = () => {};
const navigator = { languages: ["en"], onLine: true }, matchMedia = () => ({ matches: false });`;

/**
 * Writes `renderer/dist/renderPage.js`, which renders pages in a function: the same sources with React itself, whose rendering to text
 * Preact leaves to another package.
 */
function renderer(): Plugin {
  return {
    name: "renderer",
    apply: "build",
    async closeBundle() {
      const require = createRequire(import.meta.url);
      const react = dirname(require.resolve("react-dom/package.json"));
      await build({
        configFile: false,
        root: import.meta.dirname,
        logLevel: "error",
        // Without the other half, which writes streams.
        resolve: { alias: { "react-dom/server": join(react, "cjs", "react-dom-server-legacy.node.production.js") } },
        define: {
          SHELL: JSON.stringify(readFileSync(join(import.meta.dirname, "dist", "index.html"), "utf8")),
          "process.env.NODE_ENV": JSON.stringify("production"),
        },
        ssr: { noExternal: true },
        plugins: [withoutLazyPages()],
        build: {
          ssr: join(import.meta.dirname, "src", "renderPage.tsx"),
          outDir: join(import.meta.dirname, "renderer", "dist"),
          emptyOutDir: true,
          copyPublicDir: false,
          target: "node22",
          minify: true,
          rolldownOptions: {
            output: { format: "cjs", entryFileNames: "renderPage.js", codeSplitting: false, banner: NO_BROWSER },
          },
        },
      });
    },
  };
}

/** Leaves out what the page loads when needed: such pages are not rendered beforehand. */
function withoutLazyPages(): Plugin {
  const empty = "\0empty";
  return {
    name: "without-lazy-pages",
    enforce: "pre",
    resolveDynamicImport: () => empty,
    load: (id) => (id === empty ? "export {};" : undefined),
  };
}
