import type { Registered } from "./observabilityStand";

export interface Query {
  id: string;
  expression?: string;
  metric?: { metricName: string; period: number; stat: string };
  returnData?: boolean;
}

export interface Widget {
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  properties: Record<string, unknown>;
}

export const widgetsOf = ({ inputs }: Registered) =>
  (JSON.parse(String(inputs["dashboardBody"])) as { widgets: Widget[] }).widgets;

export const namesIn = (rule: unknown) => [...String(rule).matchAll(/ALARM\("([^"]+)"\)/g)].map((match) => match[1]!);
