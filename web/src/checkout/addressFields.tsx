import { useId, useMemo } from "react";
import type { Address, Contact } from "../../../domain/order/items";
import { Field } from "../parts/field";
import { countries, likelyCountry } from "./countries";

/** As typed; blanks at the ends and empty fields go when it is sent. */
export type Typed<T> = { [Name in keyof T]-?: string };

export const emptyAddress = (): Typed<Address> => ({
  name: "",
  street: "",
  city: "",
  postalCode: "",
  region: "",
  country: likelyCountry(),
});

export function addressOf({ name, street, city, postalCode, region, country }: Typed<Address>): Address {
  return {
    name: name.trim(),
    street: street.trim(),
    city: city.trim(),
    postalCode: postalCode.trim(),
    country,
    ...(region.trim() && { region: region.trim() }),
  };
}

/** The part of the contact details that the customer types; the API adds the rest. */
type TypedContact = Pick<Contact, "email" | "phone">;

export function contactOf({ email, phone }: Typed<TypedContact>): Contact {
  const called = phone.replace(/[\s()./-]/g, "");
  return { email: email.trim(), ...(called && { phone: called }) };
}

export function phoneError(phone: string): string | undefined {
  const called = contactOf({ email: "", phone }).phone;
  return called === undefined || /^\+[1-9]\d{6,14}$/.test(called)
    ? undefined
    : "With the country's code: +1 555 010 0100.";
}

interface FieldsProps<T> {
  typed: Typed<T>;
  onChange(typed: Typed<T>): void;
}

export function AddressFields({ typed, onChange }: FieldsProps<Address>) {
  const id = useId();
  const all = useMemo(countries, []);
  const field = (name: keyof Address) => ({
    value: typed[name],
    onChange: (value: string) => onChange({ ...typed, [name]: value }),
  });
  return (
    <fieldset className="panel">
      <legend>Where to</legend>
      <Field label="Name" required autoComplete="shipping name" maxLength={100} {...field("name")} />
      <Field
        label="Street and number"
        required
        autoComplete="shipping street-address"
        maxLength={200}
        {...field("street")}
      />
      <div className="field-row">
        <Field
          label="Postal code"
          required
          autoComplete="shipping postal-code"
          maxLength={20}
          className="field-short"
          {...field("postalCode")}
        />
        <Field label="City" required autoComplete="shipping address-level2" maxLength={100} {...field("city")} />
      </div>
      <Field label="State or region" autoComplete="shipping address-level1" maxLength={100} {...field("region")} />
      <div className="field">
        <label htmlFor={id}>Country</label>
        <select
          id={id}
          autoComplete="shipping country"
          value={typed.country}
          onChange={(event) => onChange({ ...typed, country: event.target.value })}
        >
          {all.map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
      </div>
    </fieldset>
  );
}

export function ContactFields({ typed, onChange, showErrors }: FieldsProps<TypedContact> & { showErrors: boolean }) {
  return (
    <fieldset className="panel">
      <legend>Where we tell you how it goes</legend>
      <Field
        label="E-mail"
        type="email"
        required
        autoComplete="email"
        maxLength={254}
        value={typed.email}
        onChange={(email) => onChange({ ...typed, email })}
      />
      <Field
        label="Mobile phone"
        type="tel"
        autoComplete="tel"
        hint="For questions about the delivery."
        value={typed.phone}
        error={showErrors ? phoneError(typed.phone) : undefined}
        onChange={(phone) => onChange({ ...typed, phone })}
      />
    </fieldset>
  );
}
