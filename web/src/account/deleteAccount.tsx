import { useEffect, useRef, useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { ApiError, callSignedIn } from "../api";
import { emptyBasket } from "../basket";
import { forgetViewed } from "../catalogue/recentlyViewed";
import { Dialog } from "../parts/dialog";
import { EmptyPage, Notice } from "../parts/notice";
import { useTitle } from "../parts/page";
import { describeError, problemType } from "../publicApi";
import { forgetSession, leaveDeletedAccount } from "../signIn/session";
import { NEW_SIGN_IN } from "../signIn/signInPage";
import { text } from "../texts/texts";

/** Caches of products that the service worker keeps for reading offline. */
const PRODUCT_CACHES = "products-";

/** Deletes the account at the store, then all that this browser keeps of the customer. */
async function deleteAccount(): Promise<void> {
  await callSignedIn("/api/orders/account", { method: "DELETE" });
  emptyBasket();
  forgetViewed();
  // Before the page says so. Without a service worker there are no caches, or no access to them.
  const names = await globalThis.caches?.keys().catch(() => []);
  for (const name of names ?? []) if (name.startsWith(PRODUCT_CACHES)) await caches.delete(name);
  leaveDeletedAccount();
}

/** @param isElsewhere an issuer of its own signs the customer in and keeps its account. */
export function DeleteAccount({ isElsewhere }: { isElsewhere: boolean }) {
  const [, go] = useLocation();
  // The customer has signed in again for this.
  const [isAsking, setIsAsking] = useState(new URLSearchParams(useSearch()).has(NEW_SIGN_IN));
  const [isBusy, setIsBusy] = useState(false);
  const [refusal, setRefusal] = useState<unknown>();
  const close = () => {
    setIsAsking(false);
    setRefusal(undefined);
  };
  const confirm = async () => {
    setIsBusy(true);
    setRefusal(undefined);
    try {
      await deleteAccount();
    } catch (error) {
      setRefusal(error);
      setIsBusy(false);
    }
  };
  const signInAgain = () => {
    // The sign-in leads back to this address, where the dialog opens again.
    go(`/account?${NEW_SIGN_IN}=yes`, { replace: true });
    void forgetSession();
  };
  const problem = refusal instanceof ApiError ? problemType(refusal.problem) : undefined;
  return (
    <section className="panel">
      <h2>{text.account.delete}</h2>
      <p>{text.account.deleteHint}</p>
      <button type="button" className="button-danger" onClick={() => setIsAsking(true)}>
        {text.account.askDelete}
      </button>
      {isAsking && (
        <Dialog title={text.account.deleteTitle} onClose={close}>
          <p>{text.account.deleteErases}</p>
          <ul className="consequences">
            {text.account.erased.map((what) => (
              <li key={what}>{what}</li>
            ))}
          </ul>
          <p>{text.account.deleteKeeps}</p>
          {isElsewhere && <p>{text.account.deleteElsewhere}</p>}
          {refusal !== undefined && (
            <Notice kind="error">
              <p>{describeError(refusal)}</p>
              {problem === "unfinished-order" && (
                <Link href={`/orders/${(refusal as ApiError).problem["orderId"]}`}>{text.account.seeOrder}</Link>
              )}
            </Notice>
          )}
          <div className="actions">
            <button type="button" className="button-quiet" disabled={isBusy} onClick={close}>
              {text.account.keep}
            </button>
            {problem === "sign-in-too-old" ? (
              <button type="button" className="button-main" onClick={signInAgain}>
                {text.account.newSignIn}
              </button>
            ) : (
              <button
                type="button"
                className="button-danger"
                aria-disabled={isBusy}
                onClick={() => isBusy || confirm()}
              >
                {isBusy ? text.states.oneMoment : text.account.confirmDelete}
              </button>
            )}
          </div>
        </Dialog>
      )}
    </section>
  );
}

/** Page after the deletion. */
export function AccountDeleted() {
  useTitle(text.account.deleted);
  const page = useRef<HTMLDivElement>(null);
  // The address stays, so the page does not move the focus by itself.
  useEffect(() => {
    const heading = page.current?.querySelector("h1");
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus();
  }, []);
  return (
    <div ref={page} className="narrow">
      <EmptyPage title={text.account.deleted}>
        <p>{text.account.deletedErased}</p>
        <p>{text.account.deleteKeeps}</p>
        <Link href="/">{text.frame.allProducts}</Link>
      </EmptyPage>
    </div>
  );
}
