import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { ORDER_STATUS_RULES, STATUS_TEXTS } from "../../../domain/order/status";
import { CUSTOMER_QUERIES } from "../customerData";
import { Money } from "../parts/money";
import { ErrorNotice, Loading } from "../parts/notice";
import { useTitle } from "../parts/page";
import { formatTime, listOrders } from "./ordersApi";
import "./orders.css";

export function OrdersPage() {
  useTitle("My orders");
  const found = useInfiniteQuery({
    queryKey: [CUSTOMER_QUERIES, "orders"],
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
      {found.isPending && <Loading what="Loading your orders…" />}
      {found.data && orders.length === 0 && (
        <div className="empty">
          <p>You have no orders yet.</p>
          <Link href="/">See all products</Link>
        </div>
      )}
      <ul className="order-list">
        {orders.map(({ orderId, status, total, pieces, createdAt }) => (
          <li key={orderId}>
            <Link href={`/orders/${orderId}`}>
              <span className="order-when">Placed {formatTime(createdAt)}</span>
              <span className="quiet">
                {pieces} {pieces === 1 ? "item" : "items"}
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
