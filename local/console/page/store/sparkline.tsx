/** Values of a chart, oldest first; undefined where there is none. */
export type Series = readonly (number | undefined)[];

const WIDTH = 140;
const HEIGHT = 34;

/** Path of a series in a box of WIDTH × HEIGHT. Gaps interrupt the line. */
function pathOf(series: Series, max: number, length = series.length): string {
  const step = WIDTH / Math.max(1, length - 1);
  const offset = length - series.length;
  let isDrawing = false;
  return series
    .map((value, index) => {
      if (value === undefined) {
        isDrawing = false;
        return "";
      }
      const x = (index + offset) * step;
      const y = HEIGHT - 2 - (Math.min(value, max) / (max || 1)) * (HEIGHT - 4);
      const command = isDrawing ? "L" : "M";
      isDrawing = true;
      return `${command}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .filter(Boolean)
    .join(" ");
}

/** Small live chart with its name and its current value. */
export function Sparkline({
  name,
  value,
  lines,
  max,
  isBad = false,
  isSecondBad = false,
}: {
  name: string;
  /** Current value in words. */
  value: string;
  /** One or two. */
  lines: readonly Series[];
  /** Top of the scale, shared by the Regions. */
  max: number;
  isBad?: boolean;
  /** The second line shows failures. */
  isSecondBad?: boolean;
}) {
  const [first = [], second] = lines;
  const main = pathOf(first, max, 120);
  return (
    <figure class={isBad ? "chart bad" : "chart"}>
      <figcaption>
        <span class="soft">{name}</span> <strong class="value">{value}</strong>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <line class="ground" x1="0" x2={WIDTH} y1={HEIGHT - 1} y2={HEIGHT - 1} />
        {second && <path class={isSecondBad ? "second bad" : "second"} d={pathOf(second, max, 120)} />}
        <path class="first" d={main} />
      </svg>
    </figure>
  );
}
