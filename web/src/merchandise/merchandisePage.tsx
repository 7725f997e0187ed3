import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "wouter";
import { EmptyPage, ErrorNotice, Loading } from "../parts/notice";
import { useTitle } from "../parts/page";
import { ApiError } from "../publicApi";
import { fetchRules, RULES_KEY } from "./merchandiseApi";
import "./merchandise.css";
import { ProductsPart } from "./productsPart";
import { RefundsPart } from "./refundsPart";
import { SearchPart } from "./searchPart";
import { texts } from "./texts";

const PARTS = ["products", "search", "refunds"] as const;

/** Page of the group merchandisers. The APIs refuse all others; this page only says so. */
export function MerchandisePage() {
  const text = texts();
  useTitle(text.title);
  const parameters = new URLSearchParams(useSearch());
  const part = PARTS.find((one) => one === parameters.get("part")) ?? "products";
  const rules = useQuery({ queryKey: RULES_KEY, queryFn: fetchRules, retry: false });
  if (rules.error instanceof ApiError && rules.error.status === 403) {
    return (
      <EmptyPage title={text.refused}>
        <p className="quiet">{text.refusedHint}</p>
      </EmptyPage>
    );
  }
  return (
    <div className="merchandise">
      <h1>{text.title}</h1>
      <nav className="parts" aria-label={text.parts}>
        {PARTS.map((one) => (
          <Link key={one} href={`/merchandise?part=${one}`} aria-current={one === part ? "page" : undefined}>
            {text[one]}
          </Link>
        ))}
      </nav>
      {rules.isPending && <Loading what={text.loading} />}
      <ErrorNotice error={rules.error} retry={() => rules.refetch()} />
      {rules.data && part === "products" && <ProductsPart />}
      {rules.data && part === "search" && <SearchPart rules={rules.data} />}
      {rules.data && part === "refunds" && <RefundsPart />}
    </div>
  );
}
