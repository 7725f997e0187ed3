import { useEffect, useState } from "react";
import { SIGN_IN_CODE } from "../../../domain/auth/signInCode";
import { Field } from "../parts/field";
import { Notice } from "../parts/notice";
import { Alerts, EmailField, FormPage } from "./formPage";
import { askForCode, type MailedCode } from "./mailedCode";
import { become } from "./session";
import { signInSentence } from "./signInSentence";

interface CodeSignInProps {
  email: string;
  onEmail(email: string): void;
  /** The person is signed in, but by a Region that can't be reached. */
  stranded: boolean;
  toPassword(): void;
}

/** Signing in by a code that comes by mail: first the address, then the code. */
export function CodeSignIn({ email, onEmail, stranded, toPassword }: CodeSignInProps) {
  const [mailed, setMailed] = useState<MailedCode>();
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [told, setTold] = useState<string>();
  const [wait, startWaiting] = useCountdown();

  const run = async (action: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    setTold(undefined);
    try {
      await action();
    } catch (failure) {
      setError(signInSentence(failure));
    } finally {
      setBusy(false);
    }
  };
  const send = (again: boolean) =>
    void run(async () => {
      setMailed(await askForCode(email.trim()));
      setCode("");
      // A mail that follows another too closely is not sent.
      startWaiting(SIGN_IN_CODE.secondsBetweenMails);
      if (again) setTold("A new code is on its way. The one before is worth nothing here any more.");
    });
  const alerts = <Alerts error={error} told={told} />;
  const back = (
    <button type="button" className="button-link" onClick={toPassword}>
      Use your password
    </button>
  );

  if (!mailed) {
    return (
      <FormPage
        title="Sign in with a code"
        button="Mail me a code"
        busy={busy}
        alerts={alerts}
        foot={back}
        onSubmit={() => send(false)}
      >
        {stranded && (
          <Notice>
            The place that keeps your sign-in can't be reached right now. The store is open all the same: sign in with a
            code that we mail you, and go on where you were.
          </Notice>
        )}
        {!stranded && <p>No password needed: we mail you a code that is good once.</p>}
        <EmailField value={email} onChange={onEmail} />
      </FormPage>
    );
  }
  return (
    <FormPage
      title="Enter your code"
      button="Sign in"
      busy={busy}
      alerts={alerts}
      foot={
        <>
          <button type="button" className="button-link" disabled={busy || wait > 0} onClick={() => send(true)}>
            {wait > 0 ? `Send a new code (in ${wait} s)` : "Send a new code"}
          </button>
          <button type="button" className="button-link" onClick={() => setMailed(undefined)}>
            Another address
          </button>
        </>
      }
      onSubmit={() => void run(async () => become(await mailed.enter(code.replace(/\D/g, ""))))}
    >
      <p>
        If <strong>{email.trim()}</strong> belongs to a customer, a code is on its way there. It is good for{" "}
        {mailed.minutes} minutes, on this page.
      </p>
      <Field
        label="Code"
        className="code-field"
        required
        autoFocus
        inputMode="numeric"
        autoComplete="one-time-code"
        pattern="\s*\d{4}\s*\d{4}\s*"
        title="Eight digits"
        maxLength={12}
        value={code}
        onChange={setCode}
      />
    </FormPage>
  );
}

/** Seconds left, counted down to zero. */
function useCountdown(): [left: number, start: (seconds: number) => void] {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setLeft(left - 1), 1_000);
    return () => clearTimeout(timer);
  }, [left]);
  return [left, setLeft];
}
