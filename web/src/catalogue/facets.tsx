import type { Facets as FacetCounts, FacetValue } from "../../../domain/catalogue/searchResult";
import { formatted } from "../parts/money";
import { toggled } from "./catalogue";

const SHOWN_VALUES = 8;

interface FacetsProps {
  counts: FacetCounts;
  parameters: URLSearchParams;
  currency: string;
  onChange(parameters: URLSearchParams): void;
}

/** What a search can be narrowed by. Ticking two values of one facet widens it again. */
export function Facets({ counts, parameters, currency, onChange }: FacetsProps) {
  const toggle = (facet: string) => (value: string) => onChange(toggled(parameters, facet, value));
  const group = (title: string, facet: string, values: FacetValue[], label: (value: string) => string = (v) => v) => (
    <FacetGroup
      key={title}
      title={title}
      values={withChosen(values, parameters.getAll(facet))}
      isChosen={(value) => parameters.has(facet, value)}
      label={label}
      onToggle={toggle(facet)}
    />
  );
  const attributes = Object.entries(counts.attributes).filter(([, values]) => values.length > 1);
  return (
    <>
      {group("Category", "category", counts.category)}
      {group("Price", "price", counts.price, (range) => priceLabel(range, currency))}
      {group("Brand", "brand", counts.brand)}
      {group("Availability", "availability", counts.availability, (value) => AVAILABILITY_LABELS[value] ?? value)}
      {attributes.map(([name, values]) => (
        <FacetGroup
          key={name}
          title={spaced(name)}
          values={values}
          isChosen={(value) => parameters.has("attribute", `${name}=${value}`)}
          label={attributeLabel}
          onToggle={(value) => onChange(toggled(parameters, "attribute", `${name}=${value}`))}
        />
      ))}
    </>
  );
}

interface FacetGroupProps {
  title: string;
  values: FacetValue[];
  isChosen(value: string): boolean;
  label(value: string): string;
  onToggle(value: string): void;
}

function FacetGroup({ title, values, isChosen, label, onToggle }: FacetGroupProps) {
  if (values.length === 0) return null;
  const option = ({ value, count }: FacetValue) => (
    <label key={value} className="facet-value">
      <input type="checkbox" checked={isChosen(value)} onChange={() => onToggle(value)} />
      <span>{label(value)}</span>
      <span className="quiet">{count}</span>
    </label>
  );
  const chosenFirst = [...values].sort((a, b) => Number(isChosen(b.value)) - Number(isChosen(a.value)));
  const shown = values.length > SHOWN_VALUES ? chosenFirst.slice(0, SHOWN_VALUES) : values;
  const others = values.length > SHOWN_VALUES ? chosenFirst.slice(SHOWN_VALUES) : [];
  return (
    <fieldset className="facet">
      <legend>{title}</legend>
      {shown.map(option)}
      {others.length > 0 && (
        <details className="facet-more">
          <summary>{others.length} more</summary>
          {others.map(option)}
        </details>
      )}
    </fieldset>
  );
}

/** A chosen value stays in sight, even where it finds nothing any more. */
function withChosen(values: FacetValue[], chosen: string[]): FacetValue[] {
  const missing = chosen.filter((value) => !values.some((other) => other.value === value));
  return [...values, ...missing.map((value) => ({ value, count: 0 }))];
}

export const AVAILABILITY_LABELS: Record<string, string> = {
  "in-stock": "In stock",
  "out-of-stock": "Sold out for now",
  discontinued: "No longer made",
};

/** `2500-5000` → `$25.00 – $50.00`. */
export function priceLabel(range: string, currency: string): string {
  // A range from nothing is told by its end alone.
  const bounds = range.split("-").map((bound) => (Number(bound) > 0 ? Number(bound) : undefined));
  const [from, to] = bounds.map((amount) => amount && formatted({ amount, currency }));
  if (!to) return `from ${from}`;
  return from ? `${from} – ${to}` : `under ${to}`;
}

export function attributeLabel(value: string): string {
  return value === "true" ? "Yes" : value === "false" ? "No" : value;
}

/** `capacityLitres` → `Capacity litres`. */
export function spaced(name: string): string {
  const words = name.replace(/[-_]/g, " ").replace(/([a-z0-9])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
