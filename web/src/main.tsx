import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { queryClient } from "./customerData";
import { firstPaint } from "./parts/firstPaint";
import { showKeptAnswers } from "./parts/keptAnswers";
import { restoreSession } from "./signIn/session";
import "./parts/base.css";
import "./parts/controls.css";
import "./parts/notes.css";
import "./frame.css";
import { restoreLanguage } from "./language";
import { money } from "./texts/texts";

showKeptAnswers(queryClient);
restoreSession();

void Promise.all([restoreLanguage(), firstPaint(window)]).then(async () => {
  // The first price takes a fifth of the start, because the browser loads its data about currencies. In a task of its own, so that the browser
  // can answer input before and after.
  money({ amount: 0, currency: "USD" });
  await new Promise((resolve) => setTimeout(resolve));
  createRoot(document.getElementById("page")!).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
  // From here the page answers; before, only its links do.
  performance.mark("started");
});

// After the first load, whose files the service worker would load again. Development has none.
if (import.meta.env.PROD && "serviceWorker" in navigator) {
  addEventListener("load", () => {
    navigator.serviceWorker.register("/sw.js").catch((error: unknown) => {
      console.warn("This browser keeps no copy of the store for use without a connection.", error);
    });
  });
}
