import { lazy, type ReactNode, Suspense } from "react";
import { Link, Redirect, Route, Switch, useLocation, useSearch } from "wouter";
import { pieces, useBasket } from "./basket";
import { ProductPage } from "./catalogue/productPage";
import { SearchBox } from "./catalogue/searchBox";
import { SearchPage } from "./catalogue/searchPage";
import { BasketPage } from "./checkout/basketPage";
import { ErrorBoundary } from "./parts/errorBoundary";
import { Waiting } from "./parts/notice";
import { type Person, signOut, useSession } from "./signIn/session";
import { SignedInPage, SignInPage } from "./signIn/signInPage";

// What encrypts cards and what only customers see comes when it is needed.
const CheckoutPage = lazy(async () => ({ default: (await import("./checkout/checkoutPage")).CheckoutPage }));
const OrdersPage = lazy(async () => ({ default: (await import("./orders/ordersPage")).OrdersPage }));
const AccountPage = lazy(async () => ({ default: (await import("./account/accountPage")).AccountPage }));
const OrderPage = lazy(async () => ({ default: (await import("./orders/orderPage")).OrderPage }));

export function App() {
  const [path] = useLocation();
  return (
    <>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <Header />
      <main id="content">
        <ErrorBoundary key={path}>
          <Suspense fallback={<Waiting what="Loading…" />}>
            <Switch>
              <Route path="/" component={SearchPage} />
              <Route path="/products/:productId">{({ productId }) => <ProductPage productId={productId} />}</Route>
              <Route path="/basket" component={BasketPage} />
              <Route path="/checkout">
                <ForCustomers>{(person) => <CheckoutPage person={person} />}</ForCustomers>
              </Route>
              <Route path="/orders">
                <ForCustomers>{() => <OrdersPage />}</ForCustomers>
              </Route>
              <Route path="/orders/:orderId">
                {({ orderId }) => <ForCustomers>{() => <OrderPage orderId={orderId} />}</ForCustomers>}
              </Route>
              <Route path="/account">
                <ForCustomers>{(person) => <AccountPage person={person} />}</ForCustomers>
              </Route>
              <Route path="/sign-in">
                <SignInPage start="sign-in" />
              </Route>
              <Route path="/sign-up">
                <SignInPage start="sign-up" />
              </Route>
              <Route path="/signed-in" component={SignedInPage} />
              <Route>
                <div className="empty">
                  <h1>There is no such page</h1>
                  <Link href="/">To the store</Link>
                </div>
              </Route>
            </Switch>
          </Suspense>
        </ErrorBoundary>
      </main>
      <Footer />
    </>
  );
}

function Header() {
  const count = pieces(useBasket());
  const session = useSession();
  return (
    <header>
      <div className="header-inside">
        <Link href="/" className="brand">
          <img src="/favicon.svg" alt="" width="28" height="28" />
          <span>stayopen</span>
        </Link>
        <SearchBox />
        <nav aria-label="Your things">
          {session.kind === "person" ? (
            <Account person={session.person} />
          ) : (
            session.kind !== "unknown" && <Link href="/sign-in">Sign in</Link>
          )}
          <Link href="/basket" className="basket-link">
            Basket
            <span className="count">
              {count}
              <span className="visually-hidden"> {count === 1 ? "piece" : "pieces"}</span>
            </span>
          </Link>
        </nav>
      </div>
    </header>
  );
}

function Footer() {
  const session = useSession();
  return (
    <footer>
      <p>
        stayopen, a store that stays open when an AWS Region closes.
        {session.kind === "person" && (
          <>
            {" "}
            <Link href="/account">Your account</Link>
          </>
        )}
      </p>
    </footer>
  );
}

function Account({ person }: { person: Person }) {
  const [, go] = useLocation();
  return (
    <>
      <Link href="/orders">Orders</Link>
      <button
        type="button"
        className="button-link"
        title={person.email}
        onClick={() => {
          signOut().catch((error: unknown) => console.warn("Signing out did not reach the directory.", error));
          go("/");
        }}
      >
        Sign out
      </button>
    </>
  );
}

/** A page for people who are signed in; others sign in first and come back to it. */
function ForCustomers({ children }: { children(person: Person): ReactNode }) {
  const session = useSession();
  const [path] = useLocation();
  const address = useSearch();
  if (session.kind === "unknown") return <Waiting what="One moment…" />;
  if (session.kind === "person") return children(session.person);
  const next = address ? `${path}?${address}` : path;
  return <Redirect to={`/sign-in?${new URLSearchParams({ next })}`} replace />;
}
