/** Grades of a query's products, 0 to 3; a product without one counts as 0. */
export type Grades = ReadonlyMap<string, number>;

/** Number of measured products per result: one screen. */
const DEPTH = 10;

const gain = (grade: number) => 2 ** grade - 1;
const discounted = (grades: readonly number[]) =>
  grades.slice(0, DEPTH).reduce((sum, grade, place) => sum + gain(grade) / Math.log2(place + 2), 0);

/** Normalized discounted cumulative gain of the first ten: 1 when no order of the judged products is better. */
export function ndcgAt10(found: readonly string[], grades: Grades): number {
  const ideal = discounted([...grades.values()].sort((a, b) => b - a));
  return ideal === 0 ? 0 : discounted(found.map((id) => grades.get(id) ?? 0)) / ideal;
}

/** Share of relevant products (grade 2 or 3) among the first ten places; an empty place is not relevant. */
export function precisionAt10(found: readonly string[], grades: Grades): number {
  return found.slice(0, DEPTH).filter((id) => (grades.get(id) ?? 0) >= 2).length / DEPTH;
}
