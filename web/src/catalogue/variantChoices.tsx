import { useId } from "react";
import { useLocation } from "wouter";
import type { AttributeValue } from "../../../domain/catalogue/product";
import type { ShownProduct } from "../../../domain/catalogue/search/searchResult";
import { choicesOf, chooseVariant, sharedName } from "../../../domain/catalogue/variants";
import { drawProduct } from "../parts/drawing";
import { Picture } from "../parts/picture";
import { text } from "../texts/texts";
import { formatAttribute, toAttributeLabel } from "./facets";
import { isOffered, toAvailabilityLabel } from "./stock";

interface Option {
  label: string;
  variant: ShownProduct;
}

interface VariantChoicesProps {
  present: ShownProduct;
  variants: readonly ShownProduct[];
}

/** Radio buttons for the attributes in which the variants differ. A choice opens the variant's address, in place. */
export function VariantChoices({ present, variants }: VariantChoicesProps) {
  if (variants.length < 2 || !variants.includes(present)) return null;
  const choices = choicesOf(variants);
  if (choices.length === 0)
    return <ChoiceGroup title={text.product.variant} {...{ present }} options={byName(variants)} />;
  return choices.map(({ attribute, values }) => (
    <ChoiceGroup
      key={attribute}
      title={toAttributeLabel(attribute)}
      present={present}
      options={values.flatMap((value): Option[] => {
        const isPresent = present.attributes[attribute] === value;
        const variant = isPresent ? present : chooseVariant(variants, present, attribute, value, choices);
        return variant ? [{ label: toLabel(value), variant }] : [];
      })}
    />
  ));
}

const toLabel = (value: AttributeValue) => formatAttribute(String(value));

/** Variants that no attribute tells apart are chosen by the rest of their names. */
function byName(variants: readonly ShownProduct[]): Option[] {
  const shared = sharedName(variants.map(({ name }) => name));
  return variants.map((variant) => ({
    label: variant.name.slice(shared.length).replace(/^[^\p{L}\p{N}]+/u, "") || variant.name,
    variant,
  }));
}

function ChoiceGroup({ title, present, options }: { title: string; present: ShownProduct; options: Option[] }) {
  const name = useId();
  const [, go] = useLocation();
  const looks = new Set(
    options.map(({ variant }) => variant.image ?? drawProduct(variant.name, variant.category).colour),
  );
  return (
    <fieldset className="variants">
      <legend>{title}</legend>
      {options.map(({ label, variant }) => (
        <label key={variant.productId} className={isOffered(variant) ? "variant" : "variant variant-gone"}>
          <input
            type="radio"
            name={name}
            checked={variant.productId === present.productId}
            onChange={() => go(`/products/${encodeURIComponent(variant.productId)}`, { replace: true })}
          />
          {looks.size === options.length && (
            <Picture name={variant.name} category={variant.category} src={variant.image} className="variant-picture" />
          )}
          <span>{label}</span>
          {!isOffered(variant) && <span className="visually-hidden"> ({toAvailabilityLabel(variant)})</span>}
        </label>
      ))}
    </fieldset>
  );
}
