/** Metric in a dashboard's body: namespace, name, alternating dimension names and values, and rendering options. */
export type WidgetMetric = (string | MetricOptions)[];

export interface MetricOptions {
  stat?: string;
  label?: string;
  region?: string;
  id?: string;
  visible?: boolean;
  yAxis?: "left" | "right";
  expression?: string;
  period?: number;
}

export interface Widget {
  type: "metric" | "text" | "alarm";
  x?: number;
  y?: number;
  width: number;
  height: number;
  properties: Record<string, unknown>;
}

/** CloudWatch's grid has 24 columns. */
const COLUMNS = 24;

/** Builds a heading in Markdown. */
export const heading = (markdown: string): Widget => ({
  type: "text",
  width: COLUMNS,
  height: 2,
  properties: { markdown },
});

export interface Graph {
  title: string;
  region: string;
  metrics: WidgetMetric[];
  /** Columns of 24. Default: 8. */
  width?: number;
  stat?: string;
  /** Seconds. Default: 60. */
  period?: number;
  /** Horizontal lines, such as an objective. */
  lines?: { value: number; label: string }[];
  from?: number;
  to?: number;
  label?: string;
  /** `singleValue` shows the latest number. Default: `timeSeries`. */
  view?: "timeSeries" | "singleValue";
}

export const graph = ({ title, region, metrics, width = 8, stat = "Sum", period = 60, ...look }: Graph): Widget => ({
  type: "metric",
  width,
  height: 6,
  properties: {
    title,
    region,
    metrics,
    stat,
    period,
    view: look.view ?? "timeSeries",
    stacked: false,
    yAxis: {
      left: {
        min: look.from ?? 0,
        ...(look.to === undefined ? {} : { max: look.to }),
        ...(look.label && { label: look.label }),
      },
    },
    ...(look.lines && { annotations: { horizontal: look.lines } }),
  },
});

export const alarmStates = (title: string, alarms: string[]): Widget => ({
  type: "alarm",
  width: COLUMNS,
  height: 3,
  properties: { title, alarms },
});

/** Places widgets in rows, each beside the previous one while there is room. */
export function layout(widgets: readonly Widget[]): Widget[] {
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  return widgets.map((widget) => {
    if (x + widget.width > COLUMNS) {
      x = 0;
      y += rowHeight;
      rowHeight = 0;
    }
    const placed = { ...widget, x, y };
    x += widget.width;
    rowHeight = Math.max(rowHeight, widget.height);
    return placed;
  });
}
