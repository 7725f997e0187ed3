/** Steps of the demonstration, for its progress. */
export const DEMO_STEPS = [
  "Customers order in both Regions",
  "A Region dies in the middle of orders",
  "The other Region takes over",
  "The Region returns",
  "Every accepted order is counted",
] as const;
