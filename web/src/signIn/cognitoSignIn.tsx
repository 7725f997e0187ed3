import { type ReactNode, useState } from "react";
import { Link } from "wouter";
import { missingIn } from "../../../domain/auth/password";
import type { CognitoSettings } from "../../../domain/auth/settings";
import { Field } from "../parts/field";
import { CodeSignIn } from "./codeSignIn";
import type { NextStep, PasswordSignIn } from "./cognito";
import { Alerts, EmailField, FormPage } from "./formPage";
import { become } from "./session";
import { signInSentence } from "./signInSentence";

type Step = "sign-in" | "sign-up" | "confirm" | "second-factor" | "forgot" | "new-password" | "code";

interface CognitoSignInProps {
  /** The pool of the Region that answers, and those of the others. */
  pools: [CognitoSettings, ...CognitoSettings[]];
  start: "sign-in" | "sign-up" | "code";
  /** Whose session a Region that can't be reached holds. */
  stranded?: { email?: string };
  /** Where to go afterwards; carried along between the two pages. */
  next: string;
}

/** Every step of signing up and in, one small form after the other. */
export function CognitoSignIn({ pools, start, stranded, next }: CognitoSignInProps) {
  const byCode = pools[0].codes !== undefined;
  const [step, setStep] = useState<Step>(start);
  const [email, setEmail] = useState(stranded?.email ?? "");
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
  const run = async (action: (way: PasswordSignIn) => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    setTold(undefined);
    try {
      await action((await import("./cognito")).passwordSignIn(pools));
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

  const emailField = <EmailField value={email} onChange={setEmail} />;
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
  const form = (title: string, button: string, onSubmit: () => void, fields: ReactNode, foot?: ReactNode) => (
    <FormPage {...{ title, button, onSubmit, busy, foot, alerts: <Alerts error={error} told={told} /> }}>
      {fields}
    </FormPage>
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
          {byCode && (
            <button type="button" className="button-quiet button-wide" onClick={() => move("code")}>
              Sign in with a code by mail
            </button>
          )}
          <button type="button" className="button-link" onClick={() => move("forgot")}>
            Forgot your password?
          </button>
          <span>
            New here? <Link href={`/sign-up${query}`}>Sign up</Link>
          </span>
        </>,
      );
    case "code":
      return (
        <CodeSignIn
          email={email}
          onEmail={setEmail}
          stranded={stranded !== undefined}
          toPassword={() => move("sign-in")}
        />
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

function listed(items: string[]): string {
  return items.length > 1 ? `${items.slice(0, -1).join(", ")} and ${items.at(-1)}` : `${items[0]}`;
}
