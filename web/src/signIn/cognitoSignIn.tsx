import { type ReactNode, useLayoutEffect, useState } from "react";
import { Link } from "wouter";
import { missingIn, PASSWORD_POLICY } from "../../../domain/auth/password";
import type { CognitoSettings } from "../../../domain/auth/settings";
import { Field } from "../parts/field";
import { useAction } from "../parts/useAction";
import { locale, text } from "../texts/texts";
import { CodeSignIn } from "./codeSignIn";
import type { NextStep, PasswordSignIn } from "./cognito";
import { CodeField, digitsOf, EmailField, FormPage, UsernameField } from "./formPage";
import { describeSignInError } from "./signInErrors";
import { type SignInStep, useSignInSteps } from "./signInSteps";

interface CognitoSignInProps {
  /** Pools of the Region that answered and of the others. */
  pools: [CognitoSettings, ...CognitoSettings[]];
  start: SignInStep;
  /** Customer whose session belongs to a Region that can't be reached. */
  stranded?: { email?: string };
  /** Page to return to afterwards. */
  next: string;
}

/** Signing in and up, one small form a step. */
export function CognitoSignIn({ pools, start, stranded, next }: CognitoSignInProps) {
  const { step: requested, email, mailed, setEmail, move, finish } = useSignInSteps(start, stranded?.email ?? "");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [message, setMessage] = useState<string>();
  const { isBusy, error, clearError, run } = useAction(describeSignInError);
  // A reload ends a sign-in that waits for the second factor.
  const step = requested === "second-factor" && password === "" ? "sign-in" : requested;

  // Before the paint: after it, a code that is filled in at once would be removed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new step starts empty, however it was reached.
  useLayoutEffect(() => {
    setCode("");
    setMessage(undefined);
    clearError();
  }, [step]);

  const follow = (outcome: NextStep) => (outcome.step === "done" ? finish(outcome.customer) : move(outcome.step));
  const act = (action: (signIn: PasswordSignIn) => Promise<void>) => {
    setMessage(undefined);
    run(async () => action((await import("./cognito")).createPasswordSignIn(pools)));
  };
  const address = email.trim();
  const query = next === "/" ? "" : `?${new URLSearchParams({ next })}`;

  const emailField = <EmailField value={email} onChange={setEmail} />;
  const passwordField = (isNew: boolean, label = text.signIn.password) => (
    <Field
      label={label}
      name="password"
      type="password"
      required
      autoComplete={isNew ? "new-password" : "current-password"}
      hint={isNew ? text.signIn.passwordHint : undefined}
      error={isNew ? describeMissing(password) : undefined}
      value={password}
      onChange={setPassword}
      maxLength={256}
    />
  );
  const codeField = <CodeField digits={6} value={code} onChange={setCode} />;
  const stepLink = (to: SignInStep, label: string, className = "button-link") => (
    <button type="button" className={className} onClick={() => move(to)}>
      {label}
    </button>
  );
  const form = (
    title: string,
    button: string,
    action: (signIn: PasswordSignIn) => Promise<void>,
    fields: ReactNode,
    foot?: ReactNode,
  ) => (
    <FormPage {...{ title, button, isBusy, error, message, foot, onSubmit: () => act(action) }} key={step}>
      {fields}
    </FormPage>
  );

  switch (step) {
    case "sign-in":
      return form(
        text.signIn.title,
        text.signIn.title,
        async (signIn) => follow(await signIn.signIn(address, password)),
        <>
          {emailField}
          {passwordField(false)}
        </>,
        <>
          {pools[0].codes !== undefined && stepLink("code", text.signIn.withCode, "button-quiet button-wide")}
          {stepLink("forgot", text.signIn.forgot)}
          <span>
            {text.signIn.newHere} <Link href={`/sign-up${query}`}>{text.signIn.create}</Link>
          </span>
        </>,
      );
    case "code":
    case "enter-code":
      return (
        <CodeSignIn
          email={email}
          onEmail={setEmail}
          mailed={step === "enter-code" ? mailed : undefined}
          isStranded={stranded !== undefined}
          onMailed={(sent) => move("enter-code", sent)}
          onSignedIn={finish}
          toAddress={() => move("code")}
          toPassword={() => move("sign-in")}
        />
      );
    case "sign-up":
      return form(
        text.signIn.create,
        text.signIn.createButton,
        async (signIn) => {
          await signIn.signUp(address, password);
          move("confirm");
        },
        <>
          {emailField}
          {passwordField(true)}
        </>,
        <span>
          {text.signIn.haveAccount} <Link href={`/sign-in${query}`}>{text.signIn.title}</Link>
        </span>,
      );
    case "confirm":
      return form(
        text.signIn.confirmTitle,
        text.signIn.confirm,
        async (signIn) => {
          await signIn.confirm(address, digitsOf(code));
          // The password is known, except after a reload.
          if (password) follow(await signIn.signIn(address, password));
          else move("sign-in");
        },
        <>
          <p>{text.signIn.sentTo(address)}</p>
          {codeField}
        </>,
        <button
          type="button"
          className="button-link"
          disabled={isBusy}
          onClick={() =>
            act(async (signIn) => {
              await signIn.resendCode(address);
              setMessage(text.signIn.sentNew);
            })
          }
        >
          {text.signIn.sendNew}
        </button>,
      );
    case "second-factor":
      return form(
        text.signIn.fromApp,
        text.signIn.continue,
        async (signIn) => follow(await signIn.secondFactor(digitsOf(code))),
        codeField,
      );
    case "forgot":
      return form(
        text.signIn.reset,
        text.signIn.sendCode,
        async (signIn) => {
          await signIn.forgotPassword(address);
          setPassword("");
          move("new-password");
        },
        emailField,
        stepLink("sign-in", text.signIn.back),
      );
    case "new-password":
      return form(
        text.signIn.choose,
        text.signIn.saveAndSignIn,
        async (signIn) => {
          await signIn.newPassword(address, digitsOf(code), password);
          follow(await signIn.signIn(address, password));
        },
        <>
          <p>{text.signIn.sentIfAccount(address)}</p>
          <UsernameField email={address} />
          {codeField}
          {passwordField(true, text.signIn.newPassword)}
        </>,
      );
  }
}

function describeMissing(password: string): string | undefined {
  const missing = missingIn(password);
  const needs = missing.map((need) =>
    need === "length" ? text.signIn.needs.length(PASSWORD_POLICY.minimumLength) : text.signIn.needs[need],
  );
  return needs.length > 0 ? text.signIn.passwordNeeds(new Intl.ListFormat(locale()).format(needs)) : undefined;
}
