import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { ORDER_STATUS_RULES } from "../../../domain/order/status";
import { CUSTOMER_QUERIES } from "../customerData";
import { Money } from "../parts/money";
import { ErrorNotice, Loading } from "../parts/notice";
import { useTitle } from "../parts/page";
import { formatTime, listOrders } from "./ordersApi";
import "./orders.css";
import { text } from "../texts/texts";

export function OrdersPage() {
  useTitle(text.orders.title);
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
      <h1>{text.orders.title}</h1>
      <ErrorNotice error={found.error} retry={() => found.refetch()} />
      {found.isPending && <Loading what={text.orders.loading} />}
      {found.data && orders.length === 0 && (
        <div className="empty">
          <p>{text.orders.none}</p>
          <Link href="/">{text.frame.allProducts}</Link>
        </div>
      )}
      <ul className="order-list">
        {orders.map(({ orderId, status, total, pieces, products, createdAt }) => (
          <li key={orderId}>
            <Link href={`/orders/${orderId}`}>
              <span className="order-when">{text.orders.placed(formatTime(createdAt))}</span>
              {/* A Region with an earlier release names none. */}
              {products && (
                <span className="order-products">
                  {products.map((name) => (
                    <span key={name}>{name}</span>
                  ))}
                </span>
              )}
              <span className="quiet">
                {pieces} {text.frame.items(pieces)}
              </span>
              <span className={`badge badge-${ORDER_STATUS_RULES[status].look}`}>
                {text.order.status[status].title}
              </span>
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
          {found.isFetchingNextPage ? text.states.loading : text.orders.older}
        </button>
      )}
    </div>
  );
}
