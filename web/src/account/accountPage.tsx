import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { CUSTOMER_QUERIES } from "../customerData";
import { Field } from "../parts/field";
import { ErrorNotice, Loading, Notice } from "../parts/notice";
import { useTitle } from "../parts/page";
import { useAction } from "../parts/useAction";
import { UsernameField } from "../signIn/formPage";
import type { Customer } from "../signIn/session";
import { describeSignInError } from "../signIn/signInErrors";
import { createSecret, isAuthenticatorOn, type Secret, signInAgain, turnOff, turnOn } from "./authenticator";
import { QrCode } from "./qrCode";
import "./account.css";

const AUTHENTICATOR_KEY = [CUSTOMER_QUERIES, "authenticator"];

/** Sign-in settings of the customer. */
export function AccountPage({ customer }: { customer: Customer }) {
  useTitle("Your account");
  const found = useQuery({ queryKey: AUTHENTICATOR_KEY, queryFn: async () => (await isAuthenticatorOn()) ?? null });
  return (
    <div className="narrow account">
      <h1>Your account</h1>
      {customer.email && <p>Signed in as {customer.email}</p>}
      {found.isPending && <Loading what="Loading your settings…" />}
      <ErrorNotice error={found.error} retry={() => found.refetch()} />
      {found.data === null && <p>Manage your password and security settings where you signed in.</p>}
      {typeof found.data === "boolean" && <Authenticator isOn={found.data} account={customer.email ?? "customer"} />}
    </div>
  );
}

function Authenticator({ isOn, account }: { isOn: boolean; account: string }) {
  const client = useQueryClient();
  const [secret, setSecret] = useState<Secret>();
  const [typedCode, setTypedCode] = useState("");
  const [password, setPassword] = useState("");
  const { isBusy, error, run } = useAction(describeSignInError);
  const code = typedCode.replace(/\s/g, "");

  const change = async (action: () => Promise<void>) => {
    await action();
    setSecret(undefined);
    setTypedCode("");
    setPassword("");
    await client.invalidateQueries({ queryKey: AUTHENTICATOR_KEY });
  };
  const form = (action: () => Promise<void>, fields: ReactNode, buttons: ReactNode) => (
    <form
      className="panel"
      aria-busy={isBusy}
      onSubmit={(event) => {
        event.preventDefault();
        run(action);
      }}
    >
      <h2>Authenticator app</h2>
      {fields}
      {error && <Notice kind="error">{error}</Notice>}
      {buttons}
    </form>
  );
  const codeField = (
    <Field
      label="Code from your app"
      name="code"
      required
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[0-9 ]{6,7}"
      title="6 digits"
      value={typedCode}
      onChange={setTypedCode}
    />
  );
  const passwordField = (
    <>
      <UsernameField email={account} />
      <Field
        label="Password"
        name="password"
        type="password"
        required
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        maxLength={256}
      />
    </>
  );

  if (isOn) {
    return form(
      () =>
        change(async () => {
          await signInAgain(account, password, code);
          await turnOff();
        }),
      <>
        <p>
          The app is on. Signing in requires your password and a code from the app; emailed codes are off. Enter both to
          turn the app off.
        </p>
        {passwordField}
        {codeField}
      </>,
      <button type="submit" className="button-danger" disabled={isBusy}>
        Turn off
      </button>,
    );
  }
  if (!secret) {
    return form(
      async () => {
        await signInAgain(account, password);
        setSecret(await createSecret(account));
      },
      <>
        <p>
          Protect your account with a code from an app on your phone. Signing in then requires your password and a code,
          and emailed codes no longer work. If you lose the phone, contact the store to get back in.
        </p>
        {passwordField}
      </>,
      <button type="submit" className="button-main" disabled={isBusy}>
        Set up
      </button>,
    );
  }
  return form(
    () => change(() => turnOn(code)),
    <>
      <p>Scan the QR code with your app, or enter the key below in the app.</p>
      <QrCode text={secret.address} title="QR code with the key for your authenticator app" />
      <p className="secret">{secret.text}</p>
      {codeField}
    </>,
    <div className="actions">
      <button type="button" onClick={() => setSecret(undefined)}>
        Not now
      </button>
      <button type="submit" className="button-main" disabled={isBusy}>
        Turn on
      </button>
    </div>,
  );
}
