import {
  Fragment,
  lazy,
  type MouseEvent,
  type ReactNode,
  Suspense,
  useEffect,
  useId,
  useState,
  useSyncExternalStore,
} from "react";
import { Link, Redirect, Route, Switch, useLocation, useSearch } from "wouter";
import { countPieces, useBasket } from "./basket";
import { HomePage } from "./catalogue/homePage";
import { ProductPage } from "./catalogue/productPage";
import { SearchBox } from "./catalogue/searchBox";
import { chooseLanguage, useLanguage } from "./language";
import { ErrorBoundary } from "./parts/errorBoundary";
import { EmptyPage, Loading } from "./parts/notice";
import { useFocusOnHeading, useTitle } from "./parts/page";
import { useAction } from "./parts/useAction";
import { regionChoice } from "./publicApi";
import { signInFrom } from "./signIn/returnPath";
import { type Customer, signOut, useSession } from "./signIn/session";
import { currentLanguage, LANGUAGES, type Language, text } from "./texts/texts";

// Loaded when needed: a visitor's first page has no basket, no sign-in and no order, and paints sooner without their code.
const loadDrawer = () => import("./checkout/basket/basketDrawer");
const loadBasket = () => import("./checkout/basket/basketPage");
const loadSignIn = () => import("./signIn/signInPage");
const loadCheckout = () => import("./checkout/checkoutPage");
const loadGuest = () => import("./checkout/guestCheckout");
const loadOrders = () => import("./orders/ordersPage");
const loadOrder = () => import("./orders/orderPage");
const BasketDrawer = lazy(async () => ({ default: (await loadDrawer()).BasketDrawer }));
const BasketPage = lazy(async () => ({ default: (await loadBasket()).BasketPage }));
const SignInPage = lazy(async () => ({ default: (await loadSignIn()).SignInPage }));
const SignedInPage = lazy(async () => ({ default: (await loadSignIn()).SignedInPage }));
const GuestCheckout = lazy(async () => ({ default: (await loadGuest()).GuestCheckout }));
const CheckoutPage = lazy(async () => ({ default: (await loadCheckout()).CheckoutPage }));
const OrdersPage = lazy(async () => ({ default: (await loadOrders()).OrdersPage }));
const AccountPage = lazy(async () => ({ default: (await import("./account/accountPage")).AccountPage }));
const AccountDeleted = lazy(async () => ({ default: (await import("./account/accountPage")).AccountDeleted }));
const MerchandisePage = lazy(async () => ({
  default: (await import("./merchandise/merchandisePage")).MerchandisePage,
}));
const OrderPage = lazy(async () => ({ default: (await loadOrder()).OrderPage }));

/** Loads the pages of an order beforehand: their files come from a bucket in a Region, which may fail in the middle of the checkout. */
function usePagesOfOrder(): void {
  const hasBasket = useBasket().length > 0;
  useEffect(() => {
    if (!hasBasket) return;
    // A page that could not be loaded is loaded again when it is opened.
    const pages = [loadDrawer, loadBasket, loadSignIn, loadGuest, loadCheckout, loadOrders, loadOrder];
    for (const load of pages) load().catch(() => undefined);
  }, [hasBasket]);
}

export function App() {
  useLanguage();
  const [path] = useLocation();
  const search = useSearch();
  const parameters = new URLSearchParams(search);
  // Other parameters, such as filters, change the page in place.
  const page = [path, parameters.get("q"), parameters.get("step")].join(" ");
  useFocusOnHeading(page, `${path}?${search}`);
  usePagesOfOrder();
  const session = useSession();
  const isAccountDeleted = session.kind === "signed-out" && session.isAccountDeleted;
  return (
    <>
      <a className="skip" href={path === "/" ? "#products" : "#content"}>
        {text.frame.skipToContent}
      </a>
      {path === "/" && (
        <a className="skip" href="#filters">
          {text.frame.skipToFilters}
        </a>
      )}
      <Header />
      <main id="content" tabIndex={-1}>
        {/* A product's variants are one page: what is chosen keeps its place and the focus. */}
        <ErrorBoundary key={path.replace(/^\/products\/.*/, "/products")} page={path}>
          <Suspense fallback={<Loading what={text.states.loading} />}>
            <Switch>
              <Route path="/" component={HomePage} />
              <Route path="/products/:productId">{({ productId }) => <ProductPage productId={productId} />}</Route>
              <Route path="/basket" component={BasketPage} />
              <Route path="/checkout">
                <RequireSignIn guest={<GuestCheckout />}>
                  {(customer) => <CheckoutPage customer={customer} />}
                </RequireSignIn>
              </Route>
              <Route path="/orders">
                <RequireSignIn>{() => <OrdersPage />}</RequireSignIn>
              </Route>
              <Route path="/orders/:orderId">
                {({ orderId }) => (
                  <RequireSignIn>{(customer) => <OrderPage orderId={orderId} customer={customer} />}</RequireSignIn>
                )}
              </Route>
              <Route path="/account">
                <RequireSignIn guest={isAccountDeleted && <AccountDeleted />}>
                  {(customer) => <AccountPage customer={customer} />}
                </RequireSignIn>
              </Route>
              <Route path="/merchandise">
                <RequireSignIn>{() => <MerchandisePage />}</RequireSignIn>
              </Route>
              <Route path="/sign-in">
                <SignInPage start="sign-in" />
              </Route>
              <Route path="/sign-up">
                <SignInPage start="sign-up" />
              </Route>
              <Route path="/signed-in" component={SignedInPage} />
              <Route component={UnknownPage} />
            </Switch>
          </Suspense>
        </ErrorBoundary>
      </main>
      <Footer />
      <AwayLine />
    </>
  );
}

/** Says that the page has moved to another Region. Outside of the flow, so that nothing below it moves. */
function AwayLine() {
  const readAway = () => regionChoice.away;
  const isAway = useSyncExternalStore(regionChoice.subscribe, readAway, readAway) !== undefined;
  return (
    <div className="away" role="status">
      {isAway && <p>{text.frame.away}</p>}
    </div>
  );
}

function UnknownPage() {
  useTitle(text.frame.unknownPage);
  return (
    <EmptyPage title={text.frame.unknownPage}>
      <Link href="/">{text.frame.allProducts}</Link>
    </EmptyPage>
  );
}

function Header() {
  const count = countPieces(useBasket());
  const [path, go] = useLocation();
  const search = useSearch();
  const [isDrawerOpen, setIsDrawerOpen] = useState(false);
  // On these pages the basket is the content, or leads away from it.
  const opensDrawer = path !== "/basket" && path !== "/checkout";
  const openDrawer = (event: MouseEvent) => {
    if (!opensDrawer || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    // The page of the basket says what to do if its files can't be loaded.
    loadDrawer().then(
      () => setIsDrawerOpen(true),
      () => go("/basket"),
    );
  };
  const session = useSession();
  return (
    <>
      <header>
        <div className="header-inside">
          <Link href="/" className="brand">
            <Logo />
            <span>stayopen</span>
          </Link>
          <SearchBox />
          <nav aria-label={text.frame.navigation}>
            {session.kind === "signed-in" ? (
              <AccountLinks customer={session.customer} />
            ) : (
              session.kind !== "unknown" && <Link href={signInFrom(path, search)}>{text.frame.signIn}</Link>
            )}
            <Link href="/basket" aria-haspopup={opensDrawer ? "dialog" : undefined} onClick={openDrawer}>
              {text.frame.basket}
              <span className="count">
                {count}
                <span className="visually-hidden"> {text.frame.items(count)}</span>
              </span>
            </Link>
          </nav>
        </div>
      </header>
      <Suspense>{isDrawerOpen && <BasketDrawer onClose={() => setIsDrawerOpen(false)} />}</Suspense>
    </>
  );
}

/** The drawing of `favicon.svg`; as a part of the page it needs no request before the first paint. */
function Logo() {
  return (
    <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#14532d" />
      <path d="M7 13h18l-1.6 12H8.6z" fill="#fff" />
      <path d="M11 15v-3a5 5 0 0 1 10 0v3" fill="none" stroke="#86efac" strokeWidth="2.4" strokeLinecap="round" />
    </svg>
  );
}

function Footer() {
  const session = useSession();
  return (
    <footer>
      <p>
        {text.frame.slogan}
        {session.kind === "signed-in" && (
          <>
            {" "}
            <Link href="/account" className="footer-account">
              {text.frame.account}
            </Link>
          </>
        )}
      </p>
      <LanguageChoice />
    </footer>
  );
}

/** Keeps the page and what was typed: only the texts change. */
function LanguageChoice() {
  const id = useId();
  const { error, run } = useAction(() => text.errors.unreachable);
  return (
    <p className="language">
      <label htmlFor={id}>{text.frame.language}</label>
      <select
        id={id}
        name="language"
        value={currentLanguage()}
        onChange={(event) => run(() => chooseLanguage(event.target.value as Language))}
      >
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
      {error && <span role="alert">{error}</span>}
    </p>
  );
}

function AccountLinks({ customer }: { customer: Customer }) {
  const [, go] = useLocation();
  return (
    <>
      <Link href="/orders">{text.frame.orders}</Link>
      <Link href="/account" className="header-account">
        {text.frame.account}
      </Link>
      <button
        type="button"
        className="button-link"
        title={customer.email}
        onClick={() => {
          void signOut();
          go("/");
        }}
      >
        {text.frame.signOut}
      </button>
    </>
  );
}

/** Page for signed-in customers. Others see the page for guests, or sign in first and then return. */
function RequireSignIn({ children, guest }: { children(customer: Customer): ReactNode; guest?: ReactNode }) {
  const session = useSession();
  const [path] = useLocation();
  const search = useSearch();
  if (session.kind === "unknown") return <Loading what={text.states.loading} />;
  if (session.kind === "signed-in") {
    const { customer } = session;
    // Another customer gets a page of their own, without what was typed before.
    return <Fragment key={customer.customerId}>{children(customer)}</Fragment>;
  }
  if (guest && session.kind === "signed-out") return guest;
  const next = search ? `${path}?${search}` : path;
  return <Redirect to={`/sign-in?${new URLSearchParams({ next })}`} replace />;
}
