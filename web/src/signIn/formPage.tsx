import type { ReactNode } from "react";
import { Field } from "../parts/field";
import { Form } from "../parts/form";
import { Notice } from "../parts/notice";
import { useTitle } from "../parts/page";
import "./signIn.css";
import { text } from "../texts/texts";

interface FormPageProps {
  title: string;
  button: string;
  isBusy: boolean;
  error?: string;
  message?: string;
  /** Alternatives, below the form. */
  foot?: ReactNode;
  onSubmit(): void;
  children: ReactNode;
}

/** Page with one small form. */
export function FormPage({ title, button, isBusy, error, message, foot, onSubmit, children }: FormPageProps) {
  useTitle(title);
  return (
    <div className="sign-in">
      <h1>{title}</h1>
      <Form className="panel" isBusy={isBusy} onSubmit={() => onSubmit()}>
        {children}
        {error && <Notice kind="error">{error}</Notice>}
        {message && <Notice kind="success">{message}</Notice>}
        <button type="submit" className="button-main button-wide" disabled={isBusy}>
          {isBusy ? text.states.oneMoment : button}
        </button>
      </Form>
      {foot && <div className="sign-in-foot">{foot}</div>}
    </div>
  );
}

export function EmailField({ value, onChange }: { value: string; onChange(value: string): void }) {
  return (
    <Field
      label={text.signIn.email}
      name="email"
      type="email"
      required
      autoComplete="username"
      value={value}
      onChange={onChange}
      maxLength={254}
    />
  );
}

/** Field for a code by mail or of an app, which may be typed in groups of digits: send its `digitsOf`. */
export function CodeField(props: { digits: 6 | 8; label?: string; value: string; onChange(value: string): void }) {
  const { digits, label = text.signIn.code, value, onChange } = props;
  return (
    <Field
      label={label}
      name="code"
      className="code-field"
      required
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern={`\\s*(\\d\\s*){${digits}}`}
      title={digits === 8 ? text.signIn.eightDigits : text.signIn.sixDigits}
      maxLength={12}
      value={value}
      onChange={onChange}
    />
  );
}

export const digitsOf = (code: string): string => code.replace(/\D/g, "");

/** Hidden field that names the account to password managers. */
export function UsernameField({ email }: { email: string }) {
  return <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />;
}
