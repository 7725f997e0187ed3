import { type FormEvent, type ReactNode, useState } from "react";
import { Link } from "wouter";
import { missingIn } from "../../../domain/auth/password";
import type { CognitoSettings } from "../../../domain/auth/settings";
import { Field } from "../parts/field";
import { Notice } from "../parts/notice";
import type { CognitoWay, NextStep } from "./cognito";
import { become } from "./session";
import "./signIn.css";
import { signInSentence } from "./signInSentence";

type Step = "sign-in" | "sign-up" | "confirm" | "second-factor" | "forgot" | "new-password";

interface CognitoSignInProps {
  settings: CognitoSettings;
  start: "sign-in" | "sign-up";
  /** Where to go afterwards; carried along between the two pages. */
  next: string;
}

/** Every step of signing up and in, one small form after the other. */
export function CognitoSignIn({ settings, start, next }: CognitoSignInProps) {
  const [step, setStep] = useState<Step>(start);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [told, setTold] = useState<string>();

  const move = (to: Step) => {
    setStep(to);
    setCode("");
    setError(undefined);
    setTold(undefined);
  };
  const follow = (outcome: NextStep) => (outcome.step === "done" ? become(outcome.person) : move(outcome.step));
  const run = async (action: (way: CognitoWay) => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    setTold(undefined);
    try {
      await action((await import("./cognito")).cognitoWay(settings));
    } catch (failure) {
      setError(signInSentence(failure));
    } finally {
      setBusy(false);
    }
  };
  const address = email.trim();

  const signUp = () => {
    const lacking = missingIn(password);
    if (lacking.length > 0) return setError(`Your password needs ${listed(lacking)}.`);
    void run(async (way) => {
      await way.signUp(address, password);
      move("confirm");
    });
  };
  const signIn = () => void run(async (way) => follow(await way.signIn(address, password)));
  const confirm = () =>
    void run(async (way) => {
      await way.confirm(address, code.trim());
      // Whoever came here by signing in, or has just signed up, need not type the password again.
      if (password) follow(await way.signIn(address, password));
      else move("sign-in");
    });
  const newPassword = () => {
    const lacking = missingIn(password);
    if (lacking.length > 0) return setError(`Your password needs ${listed(lacking)}.`);
    void run(async (way) => {
      await way.newPassword(address, code.trim(), password);
      follow(await way.signIn(address, password));
    });
  };

  const emailField = (
    <Field
      label="E-mail"
      type="email"
      required
      autoComplete="username"
      value={email}
      onChange={setEmail}
      maxLength={254}
    />
  );
  const passwordField = (isNew: boolean) => (
    <Field
      label={step === "new-password" ? "New password" : "Password"}
      type="password"
      required
      autoComplete={isNew ? "new-password" : "current-password"}
      hint={isNew ? "At least 12 characters, with upper and lower case and a digit." : undefined}
      value={password}
      onChange={setPassword}
      maxLength={256}
    />
  );
  const codeField = (label: string) => (
    <Field
      label={label}
      required
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[0-9 ]{6,}"
      title="Six digits"
      value={code}
      onChange={setCode}
    />
  );
  const alerts = (
    <>
      {error && <Notice kind="error">{error}</Notice>}
      {told && <Notice kind="success">{told}</Notice>}
    </>
  );
  const form = (title: string, button: string, onSubmit: () => void, fields: ReactNode, foot?: ReactNode) => (
    <Form {...{ title, button, onSubmit, busy, alerts, foot }}>{fields}</Form>
  );
  const query = next === "/" ? "" : `?${new URLSearchParams({ next })}`;

  switch (step) {
    case "sign-in":
      return form(
        "Sign in",
        "Sign in",
        signIn,
        <>
          {emailField}
          {passwordField(false)}
        </>,
        <>
          <button type="button" className="button-link" onClick={() => move("forgot")}>
            Forgot your password?
          </button>
          <span>
            New here? <Link href={`/sign-up${query}`}>Sign up</Link>
          </span>
        </>,
      );
    case "sign-up":
      return form(
        "Sign up",
        "Sign up",
        signUp,
        <>
          {emailField}
          {passwordField(true)}
        </>,
        <span>
          Been here before? <Link href={`/sign-in${query}`}>Sign in</Link>
        </span>,
      );
    case "confirm":
      return form(
        "Confirm your e-mail",
        "Confirm",
        confirm,
        <>
          <p>We have sent a code to {address}.</p>
          {codeField("Code")}
        </>,
        <button
          type="button"
          className="button-link"
          disabled={busy}
          onClick={() =>
            void run(async (way) => {
              await way.resendCode(address);
              setTold("A new code is on its way.");
            })
          }
        >
          Send a new code
        </button>,
      );
    case "second-factor":
      return form(
        "Your authenticator app",
        "Go on",
        () => void run(async (way) => follow(await way.secondFactor(code.replace(/\s/g, "")))),
        codeField("Six digits"),
      );
    case "forgot":
      return form(
        "Forgot your password?",
        "Send a code",
        () =>
          void run(async (way) => {
            await way.forgotPassword(address);
            setPassword("");
            move("new-password");
          }),
        emailField,
        <button type="button" className="button-link" onClick={() => move("sign-in")}>
          Back to signing in
        </button>,
      );
    case "new-password":
      return form(
        "Choose a new password",
        "Save and sign in",
        newPassword,
        <>
          <p>If {address} has an account, we have sent a code there.</p>
          {codeField("Code")}
          {passwordField(true)}
        </>,
      );
  }
}

interface FormProps {
  title: string;
  button: string;
  busy: boolean;
  alerts: ReactNode;
  foot?: ReactNode;
  onSubmit(): void;
  children: ReactNode;
}

function Form({ title, button, busy, alerts, foot, onSubmit, children }: FormProps) {
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

function listed(items: string[]): string {
  return items.length > 1 ? `${items.slice(0, -1).join(", ")} and ${items.at(-1)}` : `${items[0]}`;
}
