import { Field } from "../parts/field";
import { type Card, cardErrors, slashedExpiry, spacedNumber } from "./card";

interface CardFieldsProps {
  card: Card;
  onChange(card: Card): void;
  showErrors: boolean;
}

export function CardFields({ card, onChange, showErrors }: CardFieldsProps) {
  const errors = showErrors ? cardErrors(card) : {};
  return (
    <fieldset className="panel">
      <legend>Card</legend>
      <Field
        label="Card number"
        required
        inputMode="numeric"
        autoComplete="cc-number"
        placeholder="1234 5678 9012 3456"
        value={card.number}
        error={errors.number}
        onChange={(number) => onChange({ ...card, number: spacedNumber(number) })}
      />
      <div className="field-row">
        <Field
          label="Good until"
          required
          inputMode="numeric"
          autoComplete="cc-exp"
          placeholder="MM/YY"
          value={card.expiry}
          error={errors.expiry}
          onChange={(expiry) => onChange({ ...card, expiry: slashedExpiry(expiry) })}
        />
        <Field
          label="Security code"
          required
          inputMode="numeric"
          autoComplete="cc-csc"
          maxLength={4}
          value={card.code}
          error={errors.code}
          onChange={(code) => onChange({ ...card, code: code.replace(/\D/g, "") })}
        />
      </div>
      <p className="hint">Encrypted here, in your browser. Only the payment step can read it, once.</p>
    </fieldset>
  );
}
