import { Field } from "../parts/field";
import { type Card, formatCardNumber, formatExpiry, toDigits, validateCard } from "./card";

export function CardFields({ card, onChange }: { card: Card; onChange(card: Card): void }) {
  const errors = validateCard(card);
  return (
    <fieldset className="panel">
      <legend>Card</legend>
      <Field
        label="Card number"
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
          label="Expiry date"
          name="expiry"
          required
          inputMode="numeric"
          autoComplete="cc-exp"
          placeholder="MM/YY"
          value={card.expiry}
          error={errors.expiry}
          onChange={(expiry) => onChange({ ...card, expiry: formatExpiry(expiry) })}
        />
        <Field
          label="Security code"
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
      <p className="hint">Your card is encrypted in this browser. Only the payment step can read it.</p>
    </fieldset>
  );
}
