import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Field } from "../parts/field";
import { ErrorNotice, Notice, Waiting } from "../parts/notice";
import { useTitle } from "../parts/title";
import type { Person } from "../signIn/session";
import { signInSentence } from "../signIn/signInSentence";
import { isSetUp, newSecret, proveOwnership, type Secret, turnOff, turnOn } from "./authenticator";
import { QrCode } from "./qrCode";
import "./account.css";

/** What a customer can set about his sign-in. */
export function AccountPage({ person }: { person: Person }) {
  useTitle("Your account");
  const setUp = useQuery({ queryKey: ["authenticator", person.email], queryFn: async () => (await isSetUp()) ?? null });
  return (
    <div className="narrow account">
      <h1>Your account</h1>
      {person.email && <p>Signed in as {person.email}.</p>}
      {setUp.isPending && <Waiting what="One moment…" />}
      <ErrorNotice error={setUp.error} retry={() => setUp.refetch()} />
      {setUp.data === null && <p>Your sign-in is looked after by the service that you signed in at.</p>}
      {typeof setUp.data === "boolean" && <Authenticator isOn={setUp.data} account={person.email ?? "customer"} />}
    </div>
  );
}

function Authenticator({ isOn, account }: { isOn: boolean; account: string }) {
  const client = useQueryClient();
  const [secret, setSecret] = useState<Secret>();
  const [digits, setDigits] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  const run = async (action: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    try {
      await action();
    } catch (failure) {
      setError(signInSentence(failure));
    } finally {
      setBusy(false);
    }
  };
  const change = (action: () => Promise<void>) =>
    void run(async () => {
      await action();
      setSecret(undefined);
      setDigits("");
      setPassword("");
      await client.invalidateQueries({ queryKey: ["authenticator"] });
    });
  const problem = error && <Notice kind="error">{error}</Notice>;
  const typedDigits = digits.replace(/\s/g, "");
  const digitsField = (
    <Field
      label="Six digits of your app"
      required
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[0-9 ]{6,7}"
      title="Six digits"
      value={digits}
      onChange={setDigits}
    />
  );
  const passwordField = (
    <Field
      label="Password"
      type="password"
      required
      autoComplete="current-password"
      value={password}
      onChange={setPassword}
      maxLength={256}
    />
  );

  if (isOn) {
    return (
      <form
        className="panel"
        aria-busy={busy}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          change(async () => {
            await proveOwnership(account, password, typedDigits);
            await turnOff();
          });
        }}
      >
        <h2>Authenticator app</h2>
        <p>
          Signing in asks for six digits of your app besides your password. Codes by mail are off. To turn the app off,
          sign in once more.
        </p>
        {passwordField}
        {digitsField}
        {problem}
        <button type="submit" className="button-danger" disabled={busy}>
          Turn it off
        </button>
      </form>
    );
  }
  if (!secret) {
    return (
      <form
        className="panel"
        aria-busy={busy}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void run(async () => {
            await proveOwnership(account, password);
            setSecret(await newSecret(account));
          });
        }}
      >
        <h2>Authenticator app</h2>
        <p>
          With an app on your phone, signing in asks for six digits besides your password, and codes by mail no longer
          sign you in. If you lose the phone, nobody but the store's people can help you.
        </p>
        {passwordField}
        {problem}
        <button type="submit" className="button-main" disabled={busy}>
          Set up an app
        </button>
      </form>
    );
  }
  return (
    <form
      className="panel"
      aria-busy={busy}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        change(() => turnOn(typedDigits));
      }}
    >
      <h2>Authenticator app</h2>
      <p>Scan this with your app, or type the key into it:</p>
      <QrCode text={secret.address} title="The key, to scan with an authenticator app" />
      <p className="secret">{secret.text}</p>
      {digitsField}
      {problem}
      <div className="actions">
        <button type="button" onClick={() => setSecret(undefined)}>
          Not now
        </button>
        <button type="submit" className="button-main" disabled={busy}>
          Turn it on
        </button>
      </div>
    </form>
  );
}
