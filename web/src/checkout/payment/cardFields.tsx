import { Field } from "../../parts/field";
import { text } from "../../texts/texts";
import { type Card, formatCardNumber, formatExpiry, toDigits, validateCard } from "./card";

export function CardFields({ card, onChange }: { card: Card; onChange(card: Card): void }) {
  const errors = validateCard(card);
  return (
    <fieldset className="panel">
      <legend>{text.payment.card}</legend>
      <Field
        label={text.payment.number}
        name="cardNumber"
        required
        inputMode="numeric"
        autoComplete="cc-number"
        placeholder="1234 5678 9012 3456"
        value={card.number}
        error={errors.number}
        onChange={(number) => onChange({ ...card, number: formatCardNumber(number) })}
      />
      <div className="field-row">
        <Field
          label={text.payment.expiry}
          name="expiry"
          required
          inputMode="numeric"
          autoComplete="cc-exp"
          placeholder={text.payment.expiryExample}
          value={card.expiry}
          error={errors.expiry}
          onChange={(expiry) => onChange({ ...card, expiry: formatExpiry(expiry) })}
        />
        <Field
          label={text.payment.code}
          name="securityCode"
          required
          inputMode="numeric"
          autoComplete="cc-csc"
          maxLength={4}
          value={card.code}
          error={errors.code}
          onChange={(code) => onChange({ ...card, code: toDigits(code) })}
        />
      </div>
      <p className="hint">{text.payment.encrypted}</p>
    </fieldset>
  );
}
