import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { FoundProduct } from "../../../domain/catalogue/search/searchResult";
import type { SearchRules } from "../../../domain/catalogue/search/searchRules";
import { searchProducts } from "../catalogue/catalogueApi";
import { Field } from "../parts/field";
import { Form } from "../parts/form";
import { ErrorNotice, Loading, Notice } from "../parts/notice";
import { useAction } from "../parts/useAction";
import { ApiError } from "../publicApi";
import { describeRefusal } from "./describeRefusal";
import { fetchRules, type ReadRules, RULES_KEY, saveRules } from "./merchandiseApi";
import { TextArea } from "./productEditor";
import { texts } from "./texts";

/** Weight of a boost at first. A word in a name adds about 5 to 15. */
const BOOST = "5";

/**
 * Milliseconds after a change at which the preview searches again: rules are read every 10 s, results are cached for 5 s, and the answers take
 * time.
 */
const LOOKS_MS = [1_000, 6_000, 11_000, 16_000, 21_000, 31_000];

type Change = (rules: SearchRules) => SearchRules;

/** Pins, boosts, hides and synonyms, beside the results that they change. */
export function SearchPart({ rules }: { rules: ReadRules }) {
  const text = texts();
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const [q, setQ] = useState("");
  const [isSaved, setIsSaved] = useState(false);
  const [weight, setWeight] = useState(BOOST);
  const { isBusy, error, run } = useAction(describeRefusal);
  const found = useQuery({
    queryKey: ["merchandise", "preview", q],
    queryFn: ({ signal }) => searchProducts(new URLSearchParams({ q, size: "12" }), undefined, signal),
    enabled: q !== "",
    staleTime: 0,
  });

  const change = (one: Change) =>
    run(async () => {
      setIsSaved(false);
      client.setQueryData(RULES_KEY, await saveChanged(rules, one));
      setIsSaved(true);
      for (const wait of LOOKS_MS) setTimeout(() => void found.refetch(), wait);
    });
  const pinned = rules.pins.find(({ query }) => query.toLowerCase() === q.toLowerCase())?.productIds ?? [];

  return (
    <>
      <Form className="merchandise-find" onSubmit={() => setQ(typed.trim())}>
        <Field label={text.query} name="query" required hint={text.queryHint} value={typed} onChange={setTyped} />
        <button type="submit">{text.preview}</button>
      </Form>
      {error && <Notice kind="error">{error}</Notice>}
      {isSaved && <Notice kind="success">{text.applied}</Notice>}
      {q !== "" && (
        <section aria-busy={isBusy}>
          <h2>{text.results(q)}</h2>
          {found.isPending && <Loading what={text.loading} />}
          <ErrorNotice error={found.error} retry={() => found.refetch()} />
          {found.data?.products.length === 0 && <p>{text.none}</p>}
          <Field
            label={text.boostWeight}
            name="weight"
            type="number"
            className="merchandise-weight"
            min={1}
            max={10}
            required
            hint={text.boostHint}
            value={weight}
            onChange={setWeight}
          />
          <ol className="merchandise-list">
            {found.data?.products.map((product) => (
              <Result
                key={product.productId}
                product={product}
                isPinned={pinned.includes(product.productId)}
                isBusy={isBusy}
                change={change}
                q={q}
                weight={Math.min(10, Math.max(1, Math.round(Number(weight)) || 1))}
              />
            ))}
          </ol>
        </section>
      )}
      <RuleList
        title={text.pins}
        entries={rules.pins.map(({ query, productIds }) => [query, productIds.join(", ")])}
        onRemove={(key) => change((old) => ({ ...old, pins: old.pins.filter(({ query }) => query !== key) }))}
      />
      <RuleList
        title={text.boosts}
        entries={rules.boosts.map(({ value, weight }) => [value, text.weight(weight)])}
        onRemove={(key) => change((old) => ({ ...old, boosts: old.boosts.filter(({ value }) => value !== key) }))}
      />
      <RuleList
        title={text.hidden}
        entries={rules.hidden.map((productId) => [productId, ""])}
        onRemove={(key) => change((old) => ({ ...old, hidden: old.hidden.filter((one) => one !== key) }))}
      />
      <Synonyms key={rules.synonyms.join("\n")} lines={rules.synonyms} isBusy={isBusy} change={change} />
    </>
  );
}

/** Saves a change of the rules; once more on the newest rules if another merchandiser was first. */
async function saveChanged(rules: ReadRules, change: Change): Promise<ReadRules> {
  const changed = ({ version, ...old }: ReadRules): ReadRules => ({ ...change(old), version });
  try {
    return await saveRules(changed(rules));
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
    return saveRules(changed(await fetchRules()));
  }
}

interface ResultProps {
  product: FoundProduct;
  isPinned: boolean;
  isBusy: boolean;
  q: string;
  weight: number;
  change(one: Change): void;
}

function Result({ product: { productId, name, brand }, isPinned, isBusy, q, weight, change }: ResultProps) {
  const text = texts();
  const button = (label: string, one: Change) => (
    <button type="button" aria-label={text.of(label, name)} disabled={isBusy} onClick={() => change(one)}>
      {label}
    </button>
  );
  return (
    <li>
      <span className="merchandise-name">
        {name} <span className="quiet">{brand}</span>
        {isPinned && <span className="badge badge-good">{text.pinned}</span>}
      </span>
      {isPinned ? button(text.unpin, unpin(q, productId)) : button(text.pin, pin(q, productId))}
      {button(text.boost, (old) => ({
        ...old,
        boosts: [
          ...old.boosts.filter(({ value }) => value !== productId),
          { field: "productId", value: productId, weight },
        ],
      }))}
      {button(text.hide, (old) => ({ ...old, hidden: [...new Set([...old.hidden, productId])] }))}
    </li>
  );
}

/** The last one pinned comes first. */
const pin =
  (q: string, productId: string): Change =>
  (old) => ({ ...old, pins: withPinned(old, q, (ids) => [productId, ...ids.filter((one) => one !== productId)]) });

const unpin =
  (q: string, productId: string): Change =>
  (old) => ({ ...old, pins: withPinned(old, q, (ids) => ids.filter((one) => one !== productId)) });

function withPinned({ pins }: SearchRules, q: string, change: (productIds: string[]) => string[]) {
  const isThis = ({ query }: { query: string }) => query.toLowerCase() === q.toLowerCase();
  const productIds = change(pins.find(isThis)?.productIds ?? []);
  const others = pins.filter((one) => !isThis(one));
  return productIds.length > 0 ? [...others, { query: q, productIds }] : others;
}

interface RuleListProps {
  title: string;
  entries: [key: string, detail: string][];
  onRemove(key: string): void;
}

function RuleList({ title, entries, onRemove }: RuleListProps) {
  const text = texts();
  return (
    <section>
      <h2>{title}</h2>
      {entries.length === 0 && <p className="quiet">{text.nothing}</p>}
      <ul className="merchandise-list">
        {entries.map(([key, detail]) => (
          <li key={key}>
            <span className="merchandise-name">
              {key} <span className="quiet">{detail}</span>
            </span>
            <button type="button" aria-label={text.of(text.remove, key)} onClick={() => onRemove(key)}>
              {text.remove}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Synonyms({ lines, isBusy, change }: { lines: string[]; isBusy: boolean; change(one: Change): void }) {
  const text = texts();
  const [typed, setTyped] = useState(lines.join("\n"));
  return (
    <Form
      onSubmit={() => {
        const synonyms = typed.split("\n").map((line) => line.trim());
        change((old) => ({ ...old, synonyms: synonyms.filter((line) => line !== "") }));
      }}
    >
      <h2>{text.synonyms}</h2>
      <TextArea label={text.synonyms} name="synonyms" hint={text.synonymsHint} value={typed} onChange={setTyped} />
      <button type="submit" disabled={isBusy}>
        {text.saveSynonyms}
      </button>
    </Form>
  );
}
