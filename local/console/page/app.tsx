import { useEffect, useReducer } from "preact/hooks";
import { time } from "./format";
import { LogsView } from "./logsView";
import { type PageModel, VIEWS, type View } from "./model";
import { OrderPage } from "./order/orderView";
import { OrdersView } from "./ordersView";
import { LimitationsView, MessagesView, QueuesView } from "./otherViews";
import { Dot, Pill } from "./parts";
import { regionLook, regionWord } from "./store/regionCards";
import { StoreView } from "./store/storeView";

const PARTS: Record<View, typeof StoreView> = {
  store: StoreView,
  orders: OrdersView,
  messages: MessagesView,
  queues: QueuesView,
  logs: LogsView,
  notEmulated: LimitationsView,
};

/** The whole page. */
export function App({ page }: { page: PageModel }) {
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  useEffect(() => page.subscribe(() => redraw(undefined)), [page]);
  const Part = PARTS[page.view];
  return (
    <>
      <Header page={page} />
      <nav aria-label="Views">
        {Object.entries(VIEWS).map(([name, label]) => (
          <a key={name} href={`#${name}`} aria-current={page.view === name ? "page" : undefined}>
            {label}
            <Count page={page} view={name as View} />
          </a>
        ))}
      </nav>
      <main>
        {page.order ? <OrderPage key={page.order.orderId} order={page.order} page={page} /> : <Part page={page} />}
      </main>
      <div
        id="toast"
        role="alert"
        class={page.sentence ? (page.sentence.isError ? "shown error" : "shown") : undefined}
      >
        {page.sentence?.text}
      </div>
    </>
  );
}

function Header({ page }: { page: PageModel }) {
  const { recording, storeUrl } = page.settings;
  return (
    <header>
      <div class="brand">
        <span class="mark" aria-hidden="true" />
        <h1>stayopen</h1>
        <span class="sub">{recording ? "recording" : "local run"}</span>
      </div>
      <section class="regions" aria-label="Regions">
        {(page.state.regions?.regions ?? []).map((region) => (
          <Pill key={region.region} look={regionLook(region)} title={region.endpoint}>
            <Dot />
            {region.region}
            {regionWord(region) === "up" ? "" : ` · ${regionWord(region)}`}
          </Pill>
        ))}
      </section>
      <div class="spacer" />
      {recording ? (
        <span class="link">
          {recording.title}, saved {recording.savedAt.slice(0, 10)} at {time(recording.savedAt)}
        </span>
      ) : (
        <>
          <span class="link" role="status">
            {page.isLive === undefined ? "connecting…" : page.isLive ? "live" : "The local run has stopped."}
          </span>
          <a class="button" href="/recording" download="stayopen-recording.json">
            Save this run
          </a>
        </>
      )}
      {storeUrl && (
        <a class="button primary" href={storeUrl}>
          Open the store
        </a>
      )}
    </header>
  );
}

function Count({ page, view }: { page: PageModel; view: View }) {
  const { orders, messages, queues = [], logs = [] } = page.state;
  const counts: Partial<Record<View, number>> = {
    orders: orders?.total,
    messages: messages?.length,
    queues: queues.filter(({ deadLetters }) => deadLetters).reduce((sum, { count }) => sum + count, 0),
    logs: logs.filter(({ level }) => level === "error").length,
  };
  const number = counts[view] ?? 0;
  if (number === 0) return null;
  return <span class={view === "queues" || view === "logs" ? "count bad" : "count"}>{number}</span>;
}
