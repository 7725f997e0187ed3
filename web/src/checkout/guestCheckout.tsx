import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, Redirect, useLocation, useSearch } from "wouter";
import type { CognitoSettings } from "../../../domain/auth/settings";
import { basketTotal, useBasket } from "../basket";
import { ErrorNotice, Loading } from "../parts/notice";
import { OrderLines } from "../parts/orderLines";
import { useAction } from "../parts/useAction";
import { readSettings, userPools } from "../settings";
import { CodeField, digitsOf, EmailField, FormPage } from "../signIn/formPage";
import { setCustomer } from "../signIn/session";
import { describeSignInError } from "../signIn/signInErrors";
import { text } from "../texts/texts";
import { EmptyBasket } from "./basket/basketPage";
import "./checkout.css";
import { enterGuestCode, type GuestDraft, readGuestDraft, sendGuestCode } from "./guestSignIn";

const SIGN_IN = "/sign-in?next=/checkout";

/** First steps of a checkout without a session: an email address, and the code that was sent there. */
export function GuestCheckout() {
  const lines = useBasket();
  const total = basketTotal(lines);
  const settings = useQuery({ queryKey: ["settings"], queryFn: readSettings });
  if (!total) return <EmptyBasket />;
  if (settings.isPending) return <Loading what={text.states.loading} />;
  if (settings.error) return <ErrorNotice error={settings.error} retry={() => settings.refetch()} />;
  const pools = userPools(settings.data);
  if (!pools) return <Redirect to={SIGN_IN} replace />;
  return (
    <>
      <Steps pools={pools} />
      <aside className="guest-summary panel" aria-label={text.checkout.summary}>
        <h2>{text.checkout.summary}</h2>
        <OrderLines lines={lines} total={total} />
      </aside>
    </>
  );
}

function Steps({ pools }: { pools: [CognitoSettings, ...CognitoSettings[]] }) {
  const [path, go] = useLocation();
  const isEntering = new URLSearchParams(useSearch()).get("step") === "code";
  const [draft, setDraft] = useState<GuestDraft>(readGuestDraft);
  const [email, setEmail] = useState(draft.email);
  const [code, setCode] = useState("");
  const [message, setMessage] = useState<string>();
  const { isBusy, error, clearError, run } = useAction(describeSignInError);
  const wasSent = draft.mailed !== undefined || draft.password !== undefined;

  const send = (isRepeated: boolean) =>
    run(async () => {
      setMessage(undefined);
      setDraft(await sendGuestCode(pools, (isRepeated ? draft.email : email).trim()));
      setCode("");
      if (isRepeated) setMessage(text.signIn.sentNew);
      else go(`${path}?step=code`);
    });

  if (!isEntering || !wasSent) {
    return (
      <FormPage
        key="email"
        title={text.guest.title}
        button={text.guest.continue}
        isBusy={isBusy}
        error={error}
        foot={
          <span>
            {text.guest.hasPassword} <Link href={SIGN_IN}>{text.guest.signIn}</Link>
          </span>
        }
        onSubmit={() => send(false)}
      >
        <p>{text.guest.willMail}</p>
        <EmailField value={email} onChange={setEmail} />
      </FormPage>
    );
  }
  return (
    <FormPage
      key="code"
      title={text.guest.enterTitle}
      button={text.guest.toAddress}
      isBusy={isBusy}
      error={error}
      message={message}
      foot={
        <>
          <button type="button" className="button-link" disabled={isBusy} onClick={() => send(true)}>
            {text.signIn.sendNew}
          </button>
          <button
            type="button"
            className="button-link"
            onClick={() => {
              clearError();
              go(path);
            }}
          >
            {text.signIn.otherEmail}
          </button>
        </>
      }
      onSubmit={() =>
        run(async () => {
          const customer = await enterGuestCode(pools, draft, digitsOf(code));
          // The step leaves the address, so that the focus moves to the heading of the checkout.
          go(path, { replace: true });
          setCustomer(customer);
        })
      }
    >
      <p>{text.signIn.sentTo(draft.email)}</p>
      <CodeField digits={draft.mailed ? 8 : 6} value={code} onChange={setCode} />
    </FormPage>
  );
}
