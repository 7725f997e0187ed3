import { QueryClient } from "@tanstack/react-query";
import { readKept, tabStorage } from "./parts/browserStorage";

const PREFIX = "stayopen.customer.";

/** First part of the keys of queries whose answers belong to the customer. */
export const CUSTOMER_QUERIES = "customer";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal is final; other failures may pass.
      retry: (failures, error) => failures < 2 && !("status" in error && Number(error.status) < 500),
      staleTime: 10_000,
      // Also asks without a connection: the service worker has the products that were seen.
      networkMode: "offlineFirst",
    },
  },
});

/** Keeps a value in this tab for one customer, over reloads. */
export function keepForCustomer(customerId: string, name: string, value: object): void {
  tabStorage.setItem(PREFIX + name, JSON.stringify({ customerId, value }));
}

/** Reads a kept value; a value of another customer is removed. */
export function readForCustomer<Value>(customerId: string | undefined, name: string): Value | undefined {
  const kept = readKept<{ customerId?: string; value?: Value }>(tabStorage, PREFIX + name);
  if (kept?.customerId === customerId) return kept?.value;
  removeForCustomer(name);
  return undefined;
}

export function removeForCustomer(name: string): void {
  tabStorage.removeItem(PREFIX + name);
}

/** Removes everything of the customer that this tab keeps, so that the next one at this browser sees none of it. */
export function forgetCustomerData(): void {
  for (const key of tabStorage.keys()) if (key.startsWith(PREFIX)) tabStorage.removeItem(key);
  forgetCustomerAnswers();
}

export function forgetCustomerAnswers(): void {
  queryClient.removeQueries({ queryKey: [CUSTOMER_QUERIES] });
}
