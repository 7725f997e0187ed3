import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { ORDER_STATUS_RULES, STATUS_TEXTS } from "../../../domain/order/status";
import { Money } from "../parts/money";
import { ErrorNotice, Waiting } from "../parts/notice";
import { useTitle } from "../parts/title";
import { atTime, listOrders } from "./orders";
import "./orders.css";

export function OrdersPage() {
  useTitle("My orders");
  const found = useInfiniteQuery({
    queryKey: ["orders"],
    queryFn: ({ pageParam, signal }) => listOrders(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    refetchOnMount: "always",
  });
  const orders = found.data?.pages.flatMap((page) => page.orders) ?? [];
  return (
    <div className="narrow">
      <h1>My orders</h1>
      <ErrorNotice error={found.error} retry={() => found.refetch()} />
      {found.isPending && <Waiting what="Loading your orders…" />}
      {found.data && orders.length === 0 && (
        <div className="empty">
          <p>You have not ordered anything yet.</p>
          <Link href="/">Find something nice</Link>
        </div>
      )}
      <ul className="order-list">
        {orders.map(({ orderId, status, total, pieces, createdAt }) => (
          <li key={orderId}>
            <Link href={`/orders/${orderId}`}>
              <span className="order-when">Placed {atTime(createdAt)}</span>
              <span className="quiet">
                {pieces} {pieces === 1 ? "piece" : "pieces"}
              </span>
              <span className={`badge badge-${ORDER_STATUS_RULES[status].look}`}>{STATUS_TEXTS[status].title}</span>
              <Money price={total} />
            </Link>
          </li>
        ))}
      </ul>
      {found.hasNextPage && (
        <button
          type="button"
          className="more"
          disabled={found.isFetchingNextPage}
          onClick={() => found.fetchNextPage()}
        >
          {found.isFetchingNextPage ? "Loading…" : "Show older orders"}
        </button>
      )}
    </div>
  );
}
