import { type InputHTMLAttributes, useId, useLayoutEffect, useRef, useState } from "react";

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange"> {
  label: string;
  name: string;
  value: string;
  onChange(value: string): void;
  /**
   * What is wrong with the value, as a sentence. Until it is corrected the form can't be sent, and sending moves the focus
   * to the first such field. Shown after the first attempt.
   */
  error?: string;
  hint?: string;
}

/** Input with label, hint and error, connected for screen readers. */
export function Field({ label, value, onChange, error = "", hint, className, ...input }: FieldProps) {
  const id = useId();
  const element = useRef<HTMLInputElement>(null);
  const [wasRefused, setWasRefused] = useState(false);
  useLayoutEffect(() => element.current?.setCustomValidity(error), [error]);
  const shown = wasRefused && error !== "";
  const described = [hint && `${id}-hint`, shown && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className={["field", className].filter(Boolean).join(" ")}>
      <label htmlFor={id}>
        {label} {!input.required && <span className="optional">optional</span>}
      </label>
      <input
        {...input}
        ref={element}
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onInvalid={() => setWasRefused(true)}
        aria-invalid={shown || undefined}
        aria-describedby={described || undefined}
      />
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {shown && (
        <p className="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}
