import type { Facets as FacetCounts, FacetValue } from "../../../domain/catalogue/search/searchResult";
import { catalogueWords, money, text } from "../texts/texts";
import { toggleFacetValue } from "./catalogueApi";

const SHOWN_VALUES = 8;

interface FacetsProps {
  counts: FacetCounts;
  parameters: URLSearchParams;
  currency: string;
  onChange(parameters: URLSearchParams): void;
}

/** Filters of a search. Several values of one facet widen the result. */
export function Facets({ counts, parameters, currency, onChange }: FacetsProps) {
  const facets: [title: string, facet: string, values: FacetValue[], toLabel?: (value: string) => string][] = [
    [
      text.search.facets.category,
      "category",
      addChosen(counts.category, parameters.getAll("category")),
      toCategoryLabel,
    ],
    [
      text.search.facets.price,
      "price",
      addChosen(counts.price, parameters.getAll("price")),
      (range) => formatPriceRange(range, currency),
    ],
    [text.search.facets.brand, "brand", addChosen(counts.brand, parameters.getAll("brand"))],
    [
      text.search.facets.availability,
      "availability",
      addChosen(counts.availability, parameters.getAll("availability")),
      (value) => text.product.availability[value] ?? value,
    ],
  ];
  for (const [name, values] of Object.entries(counts.attributes)) {
    // An attribute's parameter is `attribute=NAME=VALUE`.
    const prefix = `${name}=`;
    const prefixed = values.map(({ value, count }) => ({ value: prefix + value, count }));
    if (values.length > 1)
      facets.push([
        toAttributeLabel(name),
        "attribute",
        prefixed,
        (value) => formatAttribute(value.slice(prefix.length)),
      ]);
  }
  return facets.map(([title, facet, values, toLabel]) => (
    <FacetGroup
      key={title}
      title={title}
      values={values}
      isChosen={(value) => parameters.has(facet, value)}
      toLabel={toLabel ?? ((value) => value)}
      onToggle={(value) => onChange(toggleFacetValue(parameters, facet, value))}
    />
  ));
}

interface FacetGroupProps {
  title: string;
  values: FacetValue[];
  isChosen(value: string): boolean;
  toLabel(value: string): string;
  onToggle(value: string): void;
}

function FacetGroup({ title, values, isChosen, toLabel, onToggle }: FacetGroupProps) {
  if (values.length === 0) return null;
  const option = ({ value, count }: FacetValue) => (
    <label key={value} className="facet-value">
      <input type="checkbox" name={title} checked={isChosen(value)} onChange={() => onToggle(value)} />
      <span>{toLabel(value)}</span>
      <span className="quiet">{count}</span>
    </label>
  );
  const isLong = values.length > SHOWN_VALUES;
  const sorted = isLong ? [...values].sort((a, b) => Number(isChosen(b.value)) - Number(isChosen(a.value))) : values;
  return (
    <fieldset className="facet">
      <legend>{title}</legend>
      {sorted.slice(0, SHOWN_VALUES).map(option)}
      {isLong && (
        <details className="facet-more">
          <summary>{text.search.showMore(sorted.length - SHOWN_VALUES)}</summary>
          {sorted.slice(SHOWN_VALUES).map(option)}
        </details>
      )}
    </fieldset>
  );
}

/** Adds chosen values that match no product, so that they can be unchosen. */
function addChosen(values: FacetValue[], chosen: string[]): FacetValue[] {
  const missing = chosen.filter((value) => !values.some((other) => other.value === value));
  return [...values, ...missing.map((value) => ({ value, count: 0 }))];
}

/** `2500-5000` → `$25.00 – $50.00`. */
function formatPriceRange(range: string, currency: string): string {
  const [from, to] = range.split("-").map((bound) => Number(bound) && money({ amount: Number(bound), currency }));
  if (!to) return text.search.priceFrom(String(from));
  return from ? `${from} – ${to}` : text.search.priceUnder(String(to));
}

export function formatAttribute(value: string): string {
  if (value === "true" || value === "false") return value === "true" ? text.catalogue.yes : text.catalogue.no;
  return catalogueWords(value);
}

export const toCategoryLabel = (category: string): string => text.catalogue.categories[category] ?? category;

/** `capacityLitres` → `Capacity litres`, unless the language has words for it. */
export function toAttributeLabel(name: string): string {
  const known = text.catalogue.attributes[name];
  if (known) return known;
  const words = name.replace(/[-_]/g, " ").replace(/([a-z0-9])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
