import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError } from "./api";
import { App } from "./app";
import { restoreSession } from "./signIn/session";
import "./parts/base.css";
import "./parts/controls.css";
import "./parts/notes.css";
import "./frame.css";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // What the store has refused, it refuses again.
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status < 500),
      staleTime: 10_000,
    },
  },
});

void restoreSession();

createRoot(document.getElementById("page")!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
