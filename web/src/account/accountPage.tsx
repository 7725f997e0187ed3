import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link } from "wouter";
import { CUSTOMER_QUERIES } from "../customerData";
import { Field } from "../parts/field";
import { Form } from "../parts/form";
import { ErrorNotice, Loading, Notice } from "../parts/notice";
import { useTitle } from "../parts/page";
import { useAction } from "../parts/useAction";
import { CodeField, digitsOf, UsernameField } from "../signIn/formPage";
import { readGroups } from "../signIn/groups";
import type { Customer } from "../signIn/session";
import { describeSignInError } from "../signIn/signInErrors";
import { Addresses } from "./addresses";
import { createSecret, isAuthenticatorOn, type Secret, signInAgain, turnOff, turnOn } from "./authenticator";
import { DeleteAccount } from "./deleteAccount";
import { QrCode } from "./qrCode";
import "./account.css";
import { text } from "../texts/texts";

const AUTHENTICATOR_KEY = [CUSTOMER_QUERIES, "authenticator"];

export { AccountDeleted } from "./deleteAccount";

/** Sign-in settings of the customer. */
export function AccountPage({ customer }: { customer: Customer }) {
  useTitle(text.account.title);
  const found = useQuery({ queryKey: AUTHENTICATOR_KEY, queryFn: async () => (await isAuthenticatorOn()) ?? null });
  const groups = useQuery({ queryKey: [CUSTOMER_QUERIES, "groups"], queryFn: readGroups });
  return (
    <div className="narrow account">
      <h1>{text.account.title}</h1>
      {customer.email && <p>{text.account.signedInAs(customer.email)}</p>}
      {groups.data?.includes("merchandisers") && (
        <p>
          <Link href="/merchandise">{text.account.merchandise}</Link>
        </p>
      )}
      <Addresses />
      {found.isPending && <Loading what={text.account.loading} />}
      <ErrorNotice error={found.error} retry={() => found.refetch()} />
      {found.data === null && <p>{text.account.elsewhere}</p>}
      {typeof found.data === "boolean" && <Authenticator isOn={found.data} account={customer.email ?? "customer"} />}
      <DeleteAccount isElsewhere={found.data === null} />
    </div>
  );
}

function Authenticator({ isOn, account }: { isOn: boolean; account: string }) {
  const client = useQueryClient();
  const [secret, setSecret] = useState<Secret>();
  const [typedCode, setTypedCode] = useState("");
  const [password, setPassword] = useState("");
  const { isBusy, error, run } = useAction(describeSignInError);
  const code = digitsOf(typedCode);

  const change = async (action: () => Promise<void>) => {
    await action();
    setSecret(undefined);
    setTypedCode("");
    setPassword("");
    await client.invalidateQueries({ queryKey: AUTHENTICATOR_KEY });
  };
  const form = (action: () => Promise<void>, fields: ReactNode, buttons: ReactNode) => (
    <Form className="panel" isBusy={isBusy} onSubmit={() => run(action)}>
      <h2>{text.account.app}</h2>
      {fields}
      {error && <Notice kind="error">{error}</Notice>}
      {buttons}
    </Form>
  );
  const codeField = <CodeField digits={6} label={text.account.appCode} value={typedCode} onChange={setTypedCode} />;
  const passwordField = (
    <>
      <UsernameField email={account} />
      <Field
        label={text.signIn.password}
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
        <p>{text.account.appIsOn}</p>
        {passwordField}
        {codeField}
      </>,
      <button type="submit" className="button-danger" disabled={isBusy}>
        {text.account.turnOff}
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
        <p>{text.account.appIsOff}</p>
        {passwordField}
      </>,
      <button type="submit" className="button-main" disabled={isBusy}>
        {text.account.setUp}
      </button>,
    );
  }
  return form(
    () => change(() => turnOn(code)),
    <>
      <p>{text.account.scan}</p>
      <QrCode text={secret.address} title={text.account.qrCode} />
      <p className="secret">{secret.text}</p>
      {codeField}
    </>,
    <div className="actions">
      <button type="button" onClick={() => setSecret(undefined)}>
        {text.account.notNow}
      </button>
      <button type="submit" className="button-main" disabled={isBusy}>
        {text.account.turnOn}
      </button>
    </div>,
  );
}
