import { count, time } from "./format";
import { filterLines, LEVELS, type LogFilter, NO_FILTER } from "./logFilter";
import type { PageModel } from "./model";
import { Empty } from "./parts";

const SHOWN_LINES = 300;

/** Log lines of all functions, with a search and filters. */
export function LogsView({ page }: { page: PageModel }) {
  const { logs: lines } = page.state;
  if (!lines) return <Empty>Loading…</Empty>;
  const { filter } = page;
  const shown = filterLines(lines, filter);
  const names = [...new Set(lines.map(({ functionName }) => functionName))].sort();
  const regions = [...new Set(lines.map(({ region }) => region))].sort();
  const isFiltered = Object.values(filter).some((value) => value !== "");
  return (
    <div class="card">
      <div class="row">
        <h2 class="grow">Function logs</h2>
        <span class="soft" role="status">
          {count(shown.length, "line")}
          {isFiltered && ` of ${lines.length}`}
        </span>
      </div>
      <search class="row filters">
        <input
          type="search"
          aria-label="Search log lines"
          placeholder="Search"
          value={filter.text}
          onInput={({ currentTarget }) => page.choose({ text: currentTarget.value })}
        />
        <Choice label="Level" all="All levels" values={Object.keys(LEVELS)} name="level" page={page} />
        <Choice label="Function" all="All functions" values={names} name="functionName" page={page} />
        {regions.length > 1 && <Choice label="Region" all="Both Regions" values={regions} name="region" page={page} />}
        <input
          type="text"
          aria-label="Order id"
          placeholder="Order id"
          value={filter.order}
          onInput={({ currentTarget }) => page.choose({ order: currentTarget.value })}
        />
        {isFiltered && (
          <button type="button" class="small" onClick={() => page.choose(NO_FILTER)}>
            Clear
          </button>
        )}
      </search>
      {shown.length === 0 && (
        <p class="empty">{isFiltered ? "No log line matches the filter." : "No log lines yet."}</p>
      )}
      <div>
        {shown.slice(0, SHOWN_LINES).map((line) => (
          <div class={`line ${line.level}`} key={line.id}>
            <span class="mono soft">{time(line.at)}</span>
            <span class="mono cut" title={`${line.functionName} in ${line.region}`}>
              {line.functionName}
            </span>
            <span class="soft">{line.region}</span>
            <pre>
              {line.text}
              {line.orderIds.map((orderId) => (
                <a key={orderId} href={`#order/${orderId}`}>
                  {" "}
                  open the order
                </a>
              ))}
            </pre>
          </div>
        ))}
      </div>
      {shown.length > SHOWN_LINES && <p class="soft">{count(shown.length - SHOWN_LINES, "older line")} not shown.</p>}
    </div>
  );
}

function Choice({
  label,
  all,
  values,
  name,
  page,
}: {
  label: string;
  all: string;
  values: readonly string[];
  name: keyof LogFilter;
  page: PageModel;
}) {
  return (
    <select
      aria-label={label}
      value={page.filter[name]}
      onChange={({ currentTarget }) => page.choose({ [name]: currentTarget.value })}
    >
      <option value="">{all}</option>
      {values.map((value) => (
        <option key={value}>{value}</option>
      ))}
    </select>
  );
}
