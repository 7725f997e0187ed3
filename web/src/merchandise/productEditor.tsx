import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Link } from "wouter";
import {
  type AttributeValue,
  AVAILABILITIES,
  type Availability,
  type Product,
  type ProductContent,
} from "../../../domain/catalogue/product";
import { toMajorUnits, toMinorUnits } from "../../../domain/money";
import { Field } from "../parts/field";
import { Form } from "../parts/form";
import { Notice } from "../parts/notice";
import { Select } from "../parts/select";
import { useAction } from "../parts/useAction";
import { describeRefusal } from "./describeRefusal";
import { saveProduct } from "./merchandiseApi";
import { StockPanel } from "./stockPanel";
import { texts } from "./texts";

/** The fields as typed: texts, read when the form is sent. */
interface Draft {
  productId: string;
  name: string;
  brand: string;
  category: string;
  description: string;
  price: string;
  availability: Availability;
  maxPerOrder: string;
  counted: boolean;
  attributes: string;
  group: string;
  image: string;
}

function draftOf(product: Product | undefined): Draft {
  return {
    productId: product?.productId ?? "",
    name: product?.name ?? "",
    brand: product?.brand ?? "",
    category: product?.category ?? "",
    description: product?.description ?? "",
    price: product ? toMajorUnits(product.price) : "",
    availability: product?.availability ?? "in-stock",
    maxPerOrder: product?.maxPerOrder === undefined ? "" : String(product.maxPerOrder),
    counted: product?.counted ?? false,
    attributes: Object.entries(product?.attributes ?? {})
      .map(([name, value]) => `${name}=${value}`)
      .join("\n"),
    group: product?.group ?? "",
    image: product?.image ?? "",
  };
}

/** Form of one product, existing or new, and its stock. */
export function ProductEditor({ product, onClose }: { product: Product | undefined; onClose(): void }) {
  const text = texts();
  const client = useQueryClient();
  const [stored, setStored] = useState(product);
  const [draft, setDraft] = useState(() => draftOf(product));
  const [saved, setSaved] = useState<number>();
  const { isBusy, error, run } = useAction(describeRefusal);
  const currency = stored?.price.currency ?? "USD";
  const amount = toMinorUnits(draft.price, currency);
  const change = (changed: Partial<Draft>) => {
    setSaved(undefined);
    setDraft({ ...draft, ...changed });
  };
  const field = (name: "name" | "brand" | "category" | "image", isRequired = true) => (
    <Field
      label={text[name]}
      name={name}
      required={isRequired}
      maxLength={name === "name" ? 200 : name === "image" ? 500 : 80}
      value={draft[name]}
      onChange={(value) => change({ [name]: value })}
    />
  );

  const save = async () => {
    const written = await saveProduct(draft.productId, contentOf(draft, amount!, currency), stored?.version ?? 0);
    setStored(written);
    setDraft(draftOf(written));
    setSaved(written.version);
    await client.invalidateQueries({ queryKey: ["product", written.productId] });
  };
  return (
    <>
      <Form className="panel" isBusy={isBusy} onSubmit={() => run(save)}>
        <h2>{stored?.name ?? text.newProduct}</h2>
        {!stored && (
          <Field
            label={text.productId}
            name="productId"
            required
            pattern="[A-Za-z0-9][A-Za-z0-9._\-]{0,63}"
            title={text.productIdRule}
            value={draft.productId}
            onChange={(productId) => change({ productId })}
          />
        )}
        {field("name")}
        <div className="field-row">
          {field("brand")}
          {field("category")}
        </div>
        <TextArea
          label={text.description}
          name="description"
          value={draft.description}
          onChange={(description) => change({ description })}
        />
        <div className="field-row">
          <Field
            label={text.price(currency)}
            name="price"
            required
            inputMode="decimal"
            error={draft.price && amount === undefined ? text.priceRule : ""}
            value={draft.price}
            onChange={(price) => change({ price })}
          />
          <Select
            label={text.availability}
            name="availability"
            value={draft.availability}
            options={AVAILABILITIES.map((one) => [one, text.availabilities[one]])}
            onChange={(availability) => change({ availability: availability as Availability })}
          />
          <Field
            label={text.maxPerOrder}
            name="maxPerOrder"
            type="number"
            min={1}
            max={99}
            value={draft.maxPerOrder}
            onChange={(maxPerOrder) => change({ maxPerOrder })}
          />
        </div>
        <label className="merchandise-check">
          <input
            type="checkbox"
            name="counted"
            checked={draft.counted}
            onChange={(event) => change({ counted: event.target.checked })}
          />
          {text.counted}
        </label>
        <TextArea
          label={text.attributes}
          name="attributes"
          hint={text.attributesHint}
          value={draft.attributes}
          onChange={(attributes) => change({ attributes })}
        />
        <Field
          label={text.group}
          name="group"
          hint={text.groupHint}
          pattern="[A-Za-z0-9][A-Za-z0-9._\-]{0,63}"
          title={text.productIdRule}
          value={draft.group}
          onChange={(group) => change({ group })}
        />
        {field("image", false)}
        {error && <Notice kind="error">{error}</Notice>}
        {saved !== undefined && <Notice kind="success">{text.saved(saved)}</Notice>}
        <div className="actions">
          {stored && <Link href={`/products/${encodeURIComponent(stored.productId)}`}>{text.openPage}</Link>}
          <button type="button" onClick={onClose}>
            {text.close}
          </button>
          <button type="submit" className="button-main" disabled={isBusy}>
            {text.save}
          </button>
        </div>
      </Form>
      {stored && <StockPanel productId={stored.productId} />}
    </>
  );
}

interface TextAreaProps {
  label: string;
  name: string;
  hint?: string;
  value: string;
  onChange(value: string): void;
}

export function TextArea({ label, name, hint, value, onChange }: TextAreaProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        name={name}
        rows={4}
        value={value}
        aria-describedby={hint && `${id}-hint`}
        onChange={(event) => onChange(event.target.value)}
      />
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** @throws {Error} with a sentence for the form. */
function contentOf(draft: Draft, amount: number, currency: string): ProductContent {
  const { name, brand, category, description, availability, maxPerOrder, counted, group, image } = draft;
  return {
    ...{ name, brand, category, description, availability },
    price: { amount, currency },
    ...(maxPerOrder && { maxPerOrder: Number(maxPerOrder) }),
    ...(counted && { counted }),
    attributes: readAttributes(draft.attributes),
    ...(group && { group }),
    ...(image && { image }),
  };
}

/** Reads `name=value` lines. `true`, `false` and plain numbers become such, as in an import. */
function readAttributes(typed: string): Record<string, AttributeValue> {
  const lines = typed.split("\n").filter((line) => line.trim() !== "");
  return Object.fromEntries(
    lines.map((line): [string, AttributeValue] => {
      const at = line.indexOf("=");
      const value = line.slice(at + 1).trim();
      if (at < 1 || value === "") throw new Error(texts().attributesError(line));
      return [line.slice(0, at).trim(), toAttributeValue(value)];
    }),
  );
}

function toAttributeValue(value: string): AttributeValue {
  if (value === "true" || value === "false") return value === "true";
  return /^-?(0|[1-9]\d{0,14})(\.\d{1,6})?$/.test(value) ? Number(value) : value;
}
