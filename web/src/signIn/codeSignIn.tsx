import { useEffect, useState } from "react";
import { SIGN_IN_CODE } from "../../../domain/auth/signInCode";
import { Notice } from "../parts/notice";
import { useAction } from "../parts/useAction";
import { text } from "../texts/texts";
import { CodeField, digitsOf, EmailField, FormPage } from "./formPage";
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
      if (again) setMessage(text.signIn.previousGone);
    });
  const state = { isBusy, error, message };

  if (!mailed) {
    return (
      <FormPage
        title={text.signIn.codeTitle}
        button={text.signIn.mailCode}
        {...state}
        foot={
          <button type="button" className="button-link" onClick={toPassword}>
            {text.signIn.usePassword}
          </button>
        }
        onSubmit={() => send(false)}
      >
        {isStranded ? <Notice>{text.signIn.stranded}</Notice> : <p>{text.signIn.willMail}</p>}
        <EmailField value={email} onChange={onEmail} />
      </FormPage>
    );
  }
  return (
    <FormPage
      title={text.signIn.enterTitle}
      button={text.signIn.title}
      {...state}
      foot={
        <>
          <button type="button" className="button-link" disabled={isBusy || waitSeconds > 0} onClick={() => send(true)}>
            {waitSeconds > 0 ? text.signIn.sendNewIn(waitSeconds) : text.signIn.sendNew}
          </button>
          <button
            type="button"
            className="button-link"
            onClick={() => {
              clearError();
              toAddress();
            }}
          >
            {text.signIn.otherEmail}
          </button>
        </>
      }
      onSubmit={() => act(async () => onSignedIn(await enterCode(mailed, digitsOf(code))))}
    >
      <p>
        {text.signIn.sentIfAccount(mailed.email)} {text.signIn.validFor(mailed.validMinutes)}
      </p>
      <CodeField digits={8} value={code} onChange={setCode} />
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
