import type { WorkflowView } from "../../orders/workflow";
import { layOut } from "./workflowLayout";

const BOX = { width: 132, height: 34 };
const STEP = { x: 176, y: 78 };
const MARGIN = 6;

/** The workflow as it is deployed; the way that the order took is lit. */
export function WorkflowDrawing({ workflow }: { workflow: WorkflowView }) {
  const places = layOut(workflow);
  const columns = 1 + Math.max(0, ...[...places.values()].map(({ column }) => column));
  const rows = 1 + Math.max(0, ...[...places.values()].map(({ row }) => row));
  const width = (columns - 1) * STEP.x + BOX.width + 2 * MARGIN;
  const height = (rows - 1) * STEP.y + BOX.height + 2 * MARGIN;
  const at = (name: string) => {
    const { column, row } = places.get(name)!;
    return { x: MARGIN + column * STEP.x, y: MARGIN + row * STEP.y };
  };
  const edges = workflow.states.flatMap(({ name, next }) =>
    next
      .filter(({ to }) => to !== name && places.has(to))
      .map(({ to, on }) => ({ key: `${name}>${to}`, from: name, to, on })),
  );
  const unique = [...new Map(edges.map((edge) => [edge.key, edge])).values()];
  const isTaken = ({ key }: { key: string }) => workflow.taken.includes(key);
  // Later elements are drawn over earlier ones.
  const ordered = unique.toSorted((a, b) => Number(isTaken(a)) - Number(isTaken(b)));
  return (
    // It scrolls on narrow screens, so the keyboard must reach it.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region needs the focus
    <section class="workflow" tabIndex={0} aria-label="Drawing of the workflow">
      <p class="hidden">{describe(workflow)}</p>
      <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
        <defs>
          {["idle", "lit"].map((name) => (
            <marker
              key={name}
              id={`arrow-${name}`}
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="6"
              markerHeight="6"
              orient="auto"
            >
              <path class={name} d="M0 0L8 4L0 8z" />
            </marker>
          ))}
        </defs>
        {ordered.map((edge) => {
          const look = isTaken(edge) ? "lit" : "idle";
          return (
            <path
              key={edge.key}
              class={`edge ${look}`}
              d={curve(at(edge.from), at(edge.to))}
              marker-end={`url(#arrow-${look})`}
            >
              <title>{`${edge.from} to ${edge.to}${edge.on ? ` on ${edge.on.join(", ")}` : ""}`}</title>
            </path>
          );
        })}
        {workflow.states.map(({ name, about, type }) => {
          const { x, y } = at(name);
          const times = workflow.entered[name] ?? 0;
          const classes = [
            "box",
            times > 0 && "lit",
            workflow.current.includes(name) && "now",
            workflow.failed.includes(name) && "failed",
            type === "Fail" && "end",
          ];
          return (
            <g key={name} class={classes.filter(Boolean).join(" ")}>
              <title>{about ?? name}</title>
              <rect x={x} y={y} width={BOX.width} height={BOX.height} rx="8" />
              <text x={x + BOX.width / 2} y={y + BOX.height / 2 + 4} text-anchor="middle">
                {times > 1 ? `${name} ×${times}` : name}
              </text>
            </g>
          );
        })}
      </svg>
    </section>
  );
}

interface Point {
  x: number;
  y: number;
}

/** Curve between two boxes: from side to side in a row, else from bottom to top. */
function curve(from: Point, to: Point): string {
  const { width, height } = BOX;
  if (from.y === to.y) {
    const isNext = to.x > from.x;
    const isAdjacent = Math.abs(to.x - from.x) <= STEP.x;
    if (isNext && isAdjacent) {
      const y = from.y + height / 2;
      return `M${from.x + width} ${y}L${to.x - 2} ${y}`;
    }
    // Around the boxes between.
    const [start, end] = [from.x + width / 2, to.x + width / 2];
    const below = from.y + height + 22;
    return `M${start} ${from.y + height}C${start} ${below} ${end} ${below} ${end} ${to.y + height + 2}`;
  }
  const isDown = to.y > from.y;
  const start = { x: from.x + width / 2 + (isDown ? 10 : -10), y: isDown ? from.y + height : from.y };
  const end = { x: to.x + width / 2 + (isDown ? 10 : -10), y: isDown ? to.y - 2 : to.y + height + 2 };
  const middle = (start.y + end.y) / 2;
  return `M${start.x} ${start.y}C${start.x} ${middle} ${end.x} ${middle} ${end.x} ${end.y}`;
}

function describe({ states, entered, current }: WorkflowView): string {
  const passed = states.filter(({ name }) => (entered[name] ?? 0) > 0).map(({ name }) => name);
  const now = current.length > 0 ? ` It is in ${current.join(" and ")}.` : "";
  return `The order passed ${passed.length > 0 ? passed.join(", ") : "no state yet"}.${now}`;
}
