import { type ReactNode, useMemo } from "react";
import type { Address } from "../../../../domain/order/items";
import { Field } from "../../parts/field";
import { Select } from "../../parts/select";
import { locale, text } from "../../texts/texts";
import { type Typed, type TypedContact, validatePhone } from "../delivery";
import { hasRegion } from "./addressFormat";
import { listCountries } from "./countries";
import { validatePostalCode } from "./postalCodes";

interface FieldsProps<T> {
  typed: Typed<T>;
  onChange(typed: Typed<T>): void;
}

export function AddressFields({ typed, onChange, children }: FieldsProps<Address> & { children?: ReactNode }) {
  const language = locale();
  const countries = useMemo(() => listCountries(language), [language]);
  const field = (name: keyof Address, purpose: string, maxLength = 100) => ({
    name,
    autoComplete: `shipping ${purpose}`,
    maxLength,
    value: typed[name],
    onChange: (value: string) => onChange({ ...typed, [name]: value }),
  });
  return (
    <fieldset className="panel">
      <legend>{text.checkout.address}</legend>
      {children}
      <Field label={text.checkout.name} required {...field("name", "name")} />
      <Field label={text.checkout.street} required {...field("street", "street-address", 200)} />
      <div className="field-row">
        <Field
          label={text.checkout.postalCode}
          required
          className="field-short"
          error={validatePostalCode(typed.postalCode, typed.country)}
          {...field("postalCode", "postal-code", 20)}
        />
        <Field label={text.checkout.city} required {...field("city", "address-level2")} />
      </div>
      {(hasRegion(typed.country) || typed.region !== "") && (
        <Field
          label={text.checkout.regionNames[typed.country] ?? text.checkout.region}
          {...field("region", "address-level1")}
        />
      )}
      <Select
        label={text.checkout.country}
        name="country"
        autoComplete="shipping country"
        value={typed.country}
        options={countries.map(({ code, name }) => [code, name])}
        onChange={(country) => onChange({ ...typed, country })}
      />
    </fieldset>
  );
}

export function ContactFields({ typed, onChange }: FieldsProps<TypedContact>) {
  return (
    <fieldset className="panel">
      <legend>{text.checkout.contact}</legend>
      <Field
        label={text.checkout.email}
        name="email"
        type="email"
        required
        autoComplete="email"
        maxLength={254}
        value={typed.email}
        onChange={(email) => onChange({ ...typed, email })}
      />
      <Field
        label={text.checkout.phone}
        name="phone"
        type="tel"
        autoComplete="tel"
        hint={text.checkout.phoneHint}
        value={typed.phone}
        error={validatePhone(typed.phone)}
        onChange={(phone) => onChange({ ...typed, phone })}
      />
    </fieldset>
  );
}
