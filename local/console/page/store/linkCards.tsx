import type { RegionsView } from "../../state";
import { duration, type Look, waitingText } from "../format";
import type { PageModel } from "../model";
import { ActionButton, Card, Dot, Pill } from "../parts";

const LAGS = ["0..0", "200..900", "2000..5000", "30000..30000"];

/** The link between the Regions with its switches. */
export function LinkCard({ view, page }: { view: RegionsView; page: PageModel }) {
  const { link, regions } = view;
  if (!link) return null;
  const lag = typeof link.lagMs === "number" ? { min: link.lagMs, max: link.lagMs } : link.lagMs;
  const chosen = `${lag.min}..${lag.max}`;
  const isDown = regions.some(({ state }) => state !== "up");
  const pending = page.state.events?.pending.filter(({ subject }) => subject === "link") ?? [];
  const [look, word]: [Look, string] = link.isCut
    ? ["bad", "cut"]
    : isDown
      ? ["busy", "a Region is down"]
      : ["good", "connected"];
  const aside = (
    <Pill look={look}>
      <Dot />
      {word}
    </Pill>
  );
  return (
    <Card title="Between the Regions" aside={aside} data-link="">
      <dl class="facts">
        {link.directions.map((direction) => (
          <div class="pair" key={direction.from}>
            <dt>
              {direction.from} → {direction.to}
            </dt>
            <dd>
              {direction.state}; waiting: {waitingText(direction)}
            </dd>
          </div>
        ))}
      </dl>
      {page.settings.chaos && (
        <div class="row">
          <ActionButton
            page={page}
            action={{ action: link.isCut ? "heal" : "cut" }}
            class={link.isCut ? "on" : undefined}
          >
            {link.isCut ? "Restore the link" : "Cut the link"}
          </ActionButton>
          {pending.map(({ id, what }) => (
            <span class="pending" role="status" key={id}>
              {what}…
            </span>
          ))}
          <label for="lag">Replication lag</label>
          <select
            id="lag"
            value={chosen}
            onChange={({ currentTarget }) => {
              const [min = 0, max = 0] = currentTarget.value.split("..").map(Number);
              void page.act({ action: "lag", lag: { min, max } });
            }}
          >
            {[...new Set([...LAGS, chosen])].map((value) => (
              <option key={value} value={value}>
                {lagText(value)}
              </option>
            ))}
          </select>
        </div>
      )}
    </Card>
  );
}

/** DNS names and health checks. */
export function DnsCard({ names = [], checks = [] }: Pick<RegionsView, "names" | "checks">) {
  if (names.length + checks.length === 0) return null;
  return (
    <Card title="DNS and health checks" data-dns="">
      <dl class="facts">
        {names.map(({ name, answeredBy }) => (
          <div class="pair" key={name}>
            <dt class="mono">{name}</dt>
            <dd>
              {answeredBy.length === 0 ? (
                <Pill look="bad">no Region</Pill>
              ) : (
                answeredBy.map((region) => (
                  <Pill key={region} look="accent">
                    {region}
                  </Pill>
                ))
              )}
            </dd>
          </div>
        ))}
      </dl>
      {checks.map(({ name, healthy, about }) => (
        <div key={name}>
          <div class="row">
            <span class="grow">{name}</span>
            <Pill look={healthy ? "good" : "bad"}>{healthy ? "healthy" : "unhealthy"}</Pill>
          </div>
          <p class="soft small-print">{withoutKeys(about)}</p>
        </div>
      ))}
    </Card>
  );
}

/** Leaves the key out that a health check has in its path: it is long, and says nothing. */
const withoutKeys = (about: string) => about.replace(/\b[0-9a-f]{32,}\b/g, "KEY");

function lagText(range: string): string {
  const [min = 0, max = 0] = range.split("..").map(Number);
  if (max === 0) return "none";
  return min === max ? duration(min) : `${duration(min)} to ${duration(max)}`;
}
