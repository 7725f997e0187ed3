import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { queryClient } from "./customerData";
import { restoreSession } from "./signIn/session";
import "./parts/base.css";
import "./parts/controls.css";
import "./parts/notes.css";
import "./frame.css";
import { restoreLanguage } from "./language";

void restoreSession();

void restoreLanguage().then(() =>
  createRoot(document.getElementById("page")!).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  ),
);
