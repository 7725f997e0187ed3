import { count, time } from "../format";
import type { PageModel } from "../model";
import { Card, Empty } from "../parts";
import { DnsCard, LinkCard } from "./linkCards";
import { DemoCard, LoadCard } from "./loadCards";
import { FaultCard, ProviderSwitches, RecentCalls, TestCards } from "./providerCards";
import { RegionCard, Since } from "./regionCards";
import { verdictOf } from "./verdict";

const SHOWN_EVENTS = 12;

/** The store in one look: a verdict, both Regions, and every switch. */
export function StoreView({ page }: { page: PageModel }) {
  const { regions: view, providers } = page.state;
  if (!view) return <Empty>Loading…</Empty>;
  const { look, title, reasons } = verdictOf(page.state);
  return (
    <>
      <section class={`verdict ${look}`} aria-live="polite" aria-label="Verdict">
        <h2>{title}</h2>
        {reasons.map((reason) => (
          <p key={reason}>{reason}</p>
        ))}
      </section>
      <div class="beside regions-beside">
        {view.regions.map((region) => (
          <RegionCard key={region.region} region={region} page={page} />
        ))}
      </div>
      <div class="columns">
        {page.settings.chaos && view.regions.length > 1 && <DemoCard page={page} />}
        {page.settings.load && <LoadCard page={page} />}
        <LinkCard view={view} page={page} />
        {providers && <ProviderSwitches providers={providers} page={page} />}
        {providers && !page.settings.recording && <FaultCard providers={providers} page={page} />}
        <EventCard page={page} />
        {providers && <RecentCalls providers={providers} />}
        <DnsCard names={view.names} checks={view.checks} />
        <TestCards page={page} />
      </div>
    </>
  );
}

/** Actions on the store, newest first, with those in progress. */
function EventCard({ page }: { page: PageModel }) {
  const { events = [], pending = [] } = page.state.events ?? {};
  return (
    <Card title="Events">
      {pending.map(({ id, subject, what, since }) => (
        <p class="pending" key={id}>
          {subject} {what} <Since iso={since} />
        </p>
      ))}
      {events.length + pending.length === 0 && <p class="soft">Nothing has happened to the store yet.</p>}
      <ol class="events">
        {events.slice(0, SHOWN_EVENTS).map(({ at, what }) => (
          <li key={`${at} ${what}`}>
            <span class="mono soft">{time(at)}</span> {what}
          </li>
        ))}
      </ol>
      {events.length > SHOWN_EVENTS && <p class="soft">{count(events.length - SHOWN_EVENTS, "earlier event")}</p>}
    </Card>
  );
}
