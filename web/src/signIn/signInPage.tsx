import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { ErrorNotice, Waiting } from "../parts/notice";
import { useTitle } from "../parts/title";
import { readSettings } from "../settings";
import { CognitoSignIn } from "./cognitoSignIn";
import { become, useSession } from "./session";

/** Where to go once signed in: a page of this store, nothing else. */
export function returnPath(address: string): string {
  const next = new URLSearchParams(address).get("next") ?? "/";
  return /^\/(?![/\\])/.test(next) ? next : "/";
}

export function SignInPage({ start }: { start: "sign-in" | "sign-up" }) {
  useTitle(start === "sign-in" ? "Sign in" : "Sign up");
  const [, go] = useLocation();
  const next = returnPath(useSearch());
  const session = useSession();
  const settings = useQuery({ queryKey: ["settings"], queryFn: readSettings });

  useEffect(() => {
    if (session.kind === "person") go(next, { replace: true });
  }, [session.kind, next, go]);

  if (settings.isPending) return <Waiting what="One moment…" />;
  if (settings.error) return <ErrorNotice error={settings.error} retry={() => settings.refetch()} />;
  const { auth, regions = [] } = settings.data;
  if (auth.kind !== "cognito") return <LeaveToIssuer next={next} />;
  const others = regions.filter(({ here }) => !here).map((region) => region.auth);
  const stranded = session.kind === "stranded" ? session.person : undefined;
  const first = stranded && auth.codes ? "code" : start;
  return (
    <CognitoSignIn
      pools={[auth, ...others.filter((other) => other.kind === "cognito")]}
      start={first}
      stranded={stranded}
      next={next}
      key={first}
    />
  );
}

function LeaveToIssuer({ next }: { next: string }) {
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const leave = async () => {
      const { auth } = await readSettings();
      if (auth.kind === "oidc") await (await import("./oidc")).oidcWay(auth).leaveToSignIn(next);
    };
    leave().catch(setError);
  }, [next]);
  return error ? <ErrorNotice error={error} /> : <Waiting what="Taking you to the sign-in page…" />;
}

/** Where an issuer sends people back to. */
export function SignedInPage() {
  useTitle("Signing in");
  const [, go] = useLocation();
  const [error, setError] = useState<unknown>();
  // The code is good once, and React runs effects twice while developing.
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    const finish = async () => {
      const { auth } = await readSettings();
      if (auth.kind !== "oidc") return go("/", { replace: true });
      const { person, returnTo } = await (await import("./oidc")).oidcWay(auth).finish(new URL(location.href));
      become(person);
      go(returnTo, { replace: true });
    };
    finish().catch(setError);
  }, [go]);
  return error ? <ErrorNotice error={error} retry={() => go("/sign-in")} /> : <Waiting what="Signing you in…" />;
}
