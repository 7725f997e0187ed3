import type { Facets as FacetCounts, FacetValue } from "../../../domain/catalogue/searchResult";
import { formatMoney } from "../../../domain/money";
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
    ["Category", "category", addChosen(counts.category, parameters.getAll("category"))],
    [
      "Price",
      "price",
      addChosen(counts.price, parameters.getAll("price")),
      (range) => formatPriceRange(range, currency),
    ],
    ["Brand", "brand", addChosen(counts.brand, parameters.getAll("brand"))],
    [
      "Availability",
      "availability",
      addChosen(counts.availability, parameters.getAll("availability")),
      (value) => AVAILABILITY_LABELS[value] ?? value,
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
          <summary>Show {sorted.length - SHOWN_VALUES} more</summary>
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

/** Words for each value of `availability`. Sold-out products are out of stock. */
export const AVAILABILITY_LABELS: Record<string, string> = {
  "in-stock": "In stock",
  "out-of-stock": "Out of stock",
  discontinued: "Discontinued",
};

/** `2500-5000` → `$25.00 – $50.00`. */
function formatPriceRange(range: string, currency: string): string {
  const [from, to] = range.split("-").map((bound) => Number(bound) && formatMoney({ amount: Number(bound), currency }));
  if (!to) return `${from} and over`;
  return from ? `${from} – ${to}` : `Under ${to}`;
}

export function formatAttribute(value: string): string {
  return value === "true" ? "Yes" : value === "false" ? "No" : value;
}

/** `capacityLitres` → `Capacity litres`. */
export function toAttributeLabel(name: string): string {
  const words = name.replace(/[-_]/g, " ").replace(/([a-z0-9])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
