import type { FormEvent, ReactNode } from "react";
import { Field } from "../parts/field";
import { Notice } from "../parts/notice";
import "./signIn.css";

interface FormPageProps {
  title: string;
  button: string;
  busy: boolean;
  alerts: ReactNode;
  /** Other ways on, below the form. */
  foot?: ReactNode;
  onSubmit(): void;
  children: ReactNode;
}

/** One small form that is the whole page. */
export function FormPage({ title, button, busy, alerts, foot, onSubmit, children }: FormPageProps) {
  return (
    <div className="sign-in">
      <h1>{title}</h1>
      <form
        className="panel"
        aria-busy={busy}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {children}
        {alerts}
        <button type="submit" className="button-main button-wide" disabled={busy}>
          {busy ? "One moment…" : button}
        </button>
      </form>
      {foot && <div className="sign-in-foot">{foot}</div>}
    </div>
  );
}

/** What went wrong, and what went right. */
export function Alerts({ error, told }: { error?: string; told?: string }) {
  return (
    <>
      {error && <Notice kind="error">{error}</Notice>}
      {told && <Notice kind="success">{told}</Notice>}
    </>
  );
}

export function EmailField({ value, onChange }: { value: string; onChange(value: string): void }) {
  return (
    <Field
      label="E-mail"
      type="email"
      required
      autoComplete="username"
      value={value}
      onChange={onChange}
      maxLength={254}
    />
  );
}
