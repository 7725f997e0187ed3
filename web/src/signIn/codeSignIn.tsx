import { useEffect, useState } from "react";
import { SIGN_IN_CODE } from "../../../domain/auth/signInCode";
import { Field } from "../parts/field";
import { Notice } from "../parts/notice";
import { useAction } from "../parts/useAction";
import { EmailField, FormPage } from "./formPage";
import { enterCode, type MailedCode, requestCode } from "./mailedCode";
import type { Customer } from "./session";
import { describeSignInError } from "./signInErrors";

interface CodeSignInProps {
  email: string;
  onEmail(email: string): void;
  /** The code that was requested; absent before. */
  mailed?: MailedCode;
  /** The session belongs to a Region that can't be reached. */
  isStranded: boolean;
  onMailed(mailed: MailedCode): void;
  onSignedIn(customer: Customer): void;
  toAddress(): void;
  toPassword(): void;
}

/** Sign-in with an emailed code: first the address, then the code. */
export function CodeSignIn(props: CodeSignInProps) {
  const { email, onEmail, mailed, isStranded, onMailed, onSignedIn, toAddress, toPassword } = props;
  const [code, setCode] = useState("");
  const [message, setMessage] = useState<string>();
  const { isBusy, error, clearError, run } = useAction(describeSignInError);
  const [waitSeconds, startWaiting] = useCountdown();

  const act = (action: () => Promise<void>) => {
    setMessage(undefined);
    run(action);
  };
  const send = (again: boolean) =>
    act(async () => {
      onMailed(await requestCode(email.trim()));
      setCode("");
      // The store sends no second mail before.
      startWaiting(SIGN_IN_CODE.secondsBetweenMails);
      if (again) setMessage("We sent a new code. The previous one no longer works.");
    });
  const state = { isBusy, error, message };

  if (!mailed) {
    return (
      <FormPage
        title="Sign in with a code"
        button="Email me a code"
        {...state}
        foot={
          <button type="button" className="button-link" onClick={toPassword}>
            Use your password
          </button>
        }
        onSubmit={() => send(false)}
      >
        {isStranded ? (
          <Notice>
            We can't renew your sign-in right now, but the store is open. Sign in with an emailed code to continue where
            you were.
          </Notice>
        ) : (
          <p>We will email you a one-time code. No password needed.</p>
        )}
        <EmailField value={email} onChange={onEmail} />
      </FormPage>
    );
  }
  return (
    <FormPage
      title="Enter your code"
      button="Sign in"
      {...state}
      foot={
        <>
          <button type="button" className="button-link" disabled={isBusy || waitSeconds > 0} onClick={() => send(true)}>
            {waitSeconds > 0 ? `Send a new code (in ${waitSeconds} s)` : "Send a new code"}
          </button>
          <button
            type="button"
            className="button-link"
            onClick={() => {
              clearError();
              toAddress();
            }}
          >
            Use another email
          </button>
        </>
      }
      onSubmit={() => act(async () => onSignedIn(await enterCode(mailed, code.replace(/\D/g, ""))))}
    >
      <p>
        If <strong>{mailed.email}</strong> has an account, we sent a code there. It is valid for {mailed.validMinutes}{" "}
        minutes, on this page only.
      </p>
      <Field
        label="Code"
        name="code"
        className="code-field"
        required
        inputMode="numeric"
        autoComplete="one-time-code"
        pattern="\s*\d{4}\s*\d{4}\s*"
        title="8 digits"
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
