import { type FormEvent, type InputHTMLAttributes, useId, useLayoutEffect, useRef, useState } from "react";
import { text } from "../texts/texts";

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange"> {
  label: string;
  name: string;
  value: string;
  onChange(value: string): void;
  /**
   * Error of the value, as a sentence. Until it is corrected the form can't be sent, and sending moves the focus
   * to the first such field. Shown after the first attempt.
   */
  error?: string;
  hint?: string;
}

/** Input with label, hint and error, connected for screen readers. */
export function Field({ label, value, onChange, error = "", hint, className, ...input }: FieldProps) {
  const id = useId();
  const element = useRef<HTMLInputElement>(null);
  const [refusal, setRefusal] = useState<string>();
  useLayoutEffect(() => element.current?.setCustomValidity(error), [error]);
  const shown = refusal === undefined ? "" : error || refusal;
  const described = [hint && `${id}-hint`, shown && `${id}-error`].filter(Boolean).join(" ");

  const refuse = (event: FormEvent<HTMLInputElement>) => {
    // The browser's own message would cover the page's.
    event.preventDefault();
    const { currentTarget: field } = event;
    setRefusal(describeValidity(field));
    if (field.form?.querySelector("input:invalid, select:invalid") === field) field.focus();
  };

  return (
    <div className={["field", className].filter(Boolean).join(" ")}>
      <label htmlFor={id}>
        {label} {!input.required && <span className="optional">{text.fields.optional}</span>}
      </label>
      <input
        {...input}
        ref={element}
        id={id}
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
          // An error of the browser's rules is shown again by the next attempt.
          if (refusal !== undefined) setRefusal("");
        }}
        onInvalid={refuse}
        aria-invalid={shown !== "" || undefined}
        aria-describedby={described || undefined}
      />
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {shown && (
        <p className="field-error" id={`${id}-error`}>
          {shown}
        </p>
      )}
    </div>
  );
}

function describeValidity({ validity, title, validationMessage }: HTMLInputElement): string {
  if (validity.valueMissing) return text.fields.required;
  if (validity.typeMismatch) return text.fields.email;
  return validity.patternMismatch ? text.fields.enter(title) : validationMessage;
}
