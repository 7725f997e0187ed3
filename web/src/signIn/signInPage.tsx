import { useQuery } from "@tanstack/react-query";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { ErrorNotice, Loading } from "../parts/notice";
import { useTitle } from "../parts/page";
import { readSettings, userPools } from "../settings";
import { text } from "../texts/texts";
import { CognitoSignIn } from "./cognitoSignIn";
import { toReturnPath } from "./returnPath";
import { setCustomer, useSession } from "./session";

/** Parameter of a page that needs a new sign-in, also at an issuer that keeps a session of its own. */
export const NEW_SIGN_IN = "new-sign-in";

export function SignInPage({ start }: { start: "sign-in" | "sign-up" }) {
  const [, go] = useLocation();
  const next = toReturnPath(useSearch(), location.origin);
  const session = useSession();
  const settings = useQuery({ queryKey: ["settings"], queryFn: readSettings });

  // Before the paint, which would show the form to a customer who has signed in.
  useLayoutEffect(() => {
    if (session.kind === "signed-in") go(next, { replace: true });
  }, [session.kind, next, go]);

  if (settings.isPending) return <Loading what={text.states.loading} />;
  if (settings.error) return <ErrorNotice error={settings.error} retry={() => settings.refetch()} />;
  const pools = userPools(settings.data);
  if (!pools) return <RedirectToIssuer next={next} />;
  const stranded = session.kind === "stranded" ? session.customer : undefined;
  return (
    <CognitoSignIn pools={pools} start={stranded && pools[0].codes ? "code" : start} stranded={stranded} next={next} />
  );
}

function RedirectToIssuer({ next }: { next: string }) {
  useTitle(text.signIn.title);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const redirect = async () => {
      const { auth } = await readSettings();
      const isNew = new URL(next, location.origin).searchParams.has(NEW_SIGN_IN);
      if (auth.kind === "oidc") await (await import("./oidc")).createOidcSignIn(auth).redirectToIssuer(next, isNew);
    };
    redirect().catch(setError);
  }, [next]);
  return error ? <ErrorNotice error={error} /> : <Loading what={text.signIn.opening} />;
}

/** Page that an external issuer redirects to. */
export function SignedInPage() {
  useTitle(text.signIn.signingIn);
  const [, go] = useLocation();
  const [error, setError] = useState<unknown>();
  // The code is valid once, and React runs effects twice in development.
  const isStarted = useRef(false);
  useEffect(() => {
    if (isStarted.current) return;
    isStarted.current = true;
    const finish = async () => {
      const { auth } = await readSettings();
      if (auth.kind !== "oidc") return go("/", { replace: true });
      const { customer, returnTo } = await (await import("./oidc"))
        .createOidcSignIn(auth)
        .finish(new URL(location.href));
      setCustomer(customer);
      go(returnTo, { replace: true });
    };
    finish().catch(setError);
  }, [go]);
  return error ? (
    <ErrorNotice error={error} retry={() => go("/sign-in")} />
  ) : (
    <Loading what={text.signIn.signingYouIn} />
  );
}
