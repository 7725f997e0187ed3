import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "preact";
import { StrictMode } from "react";
import { App } from "./app";
import { queryClient } from "./customerData";
import { showKeptAnswers } from "./parts/keptAnswers";
import { restoreSession } from "./signIn/session";
import "./parts/base.css";
import "./parts/controls.css";
import "./parts/notes.css";
import "./frame.css";
import { restoreLanguage } from "./language";

showKeptAnswers(queryClient);
void restoreSession();

// Preact's own function keeps the elements of a rendered page and corrects what differs in this browser. `createRoot` would make all of them
// anew, so that the page is painted twice; `hydrateRoot` would leave differences as they are.
void restoreLanguage().then(() =>
  render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
    document.getElementById("page")!,
  ),
);

// After the first load, whose files the service worker would load again. Development has none.
if (import.meta.env.PROD && "serviceWorker" in navigator) {
  addEventListener("load", () => {
    navigator.serviceWorker.register("/sw.js").catch((error: unknown) => {
      console.warn("This browser keeps no copy of the store for use without a connection.", error);
    });
  });
}
