import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useLayoutEffect, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { MAX_QUERY_LENGTH } from "../../../domain/catalogue/search/queryWords";
import { Form } from "../parts/form";
import { useDebounced } from "../parts/useDebounced";
import { text } from "../texts/texts";
import { fetchSuggestions } from "./catalogueApi";
import { toCategoryLabel } from "./facets";

const TYPING_PAUSE_MS = 150;

/** Search field with suggestions: a combobox as in the ARIA authoring practices. */
export function SearchBox() {
  const [, go] = useLocation();
  const address = useSearch();
  const asked = new URLSearchParams(address).get("q") ?? "";
  const [words, setWords] = useState(asked);
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const typed = useDebounced(words.trim(), TYPING_PAUSE_MS);
  const listId = useId();

  // Going back, or a link, changes the address as well. Before the paint, after which words that are typed at once would be lost.
  useLayoutEffect(() => setWords(asked), [asked]);

  const found = useQuery({
    queryKey: ["suggestions", typed],
    queryFn: ({ signal }) => fetchSuggestions(typed, signal),
    enabled: open && typed.length > 1,
    staleTime: 60_000,
    retry: false,
  });
  const list = open && typed.length > 1 ? (found.data ?? []) : [];

  const search = () => {
    setOpen(false);
    const q = words.trim();
    go(q ? `/?${new URLSearchParams({ q })}` : "/");
  };
  const openProduct = (productId: string) => {
    setOpen(false);
    go(`/products/${encodeURIComponent(productId)}`);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") setOpen(false);
    if (list.length === 0 || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    // -1 stands for the typed text.
    setChosen((now) => ((now + 1 + step + list.length + 1) % (list.length + 1)) - 1);
  };

  return (
    <search className="search-box">
      <Form
        onSubmit={() => {
          const suggestion = list[chosen];
          if (suggestion) openProduct(suggestion.productId);
          else search();
        }}
      >
        <input
          type="search"
          name="q"
          role="combobox"
          aria-label={text.search.label}
          aria-expanded={list.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={list[chosen] ? `${listId}-${chosen}` : undefined}
          autoComplete="off"
          placeholder={text.search.label}
          maxLength={MAX_QUERY_LENGTH}
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
            setChosen(-1);
            setOpen(true);
          }}
          onKeyDown={onKeyDown}
          onBlur={() => setOpen(false)}
        />
        <button type="submit">{text.search.button}</button>
      </Form>
      <div
        id={listId}
        role="listbox"
        aria-label={text.search.suggestions}
        className="suggestions"
        hidden={list.length === 0}
      >
        {list.map(({ productId, text: name, brand, category }, index) => (
          <div
            key={productId}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            // A click would come after the field's blur, which closes the list.
            onMouseDown={(event) => {
              event.preventDefault();
              openProduct(productId);
            }}
          >
            <span>{name}</span>
            <span className="quiet">
              {brand} · {toCategoryLabel(category)}
            </span>
          </div>
        ))}
      </div>
    </search>
  );
}
