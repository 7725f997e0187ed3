import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ShownProduct } from "../../../domain/catalogue/search/searchResult";
import { fetchProduct, searchProducts } from "../catalogue/catalogueApi";
import { Field } from "../parts/field";
import { Form } from "../parts/form";
import { Money } from "../parts/money";
import { ErrorNotice, Loading } from "../parts/notice";
import { ApiError } from "../publicApi";
import { ProductEditor } from "./productEditor";
import { texts } from "./texts";

/** Finds products by words or by id, and opens one to change. */
export function ProductsPart() {
  const text = texts();
  const [typed, setTyped] = useState("");
  const [q, setQ] = useState("");
  const [editing, setEditing] = useState<ShownProduct | "new">();
  const found = useQuery({
    queryKey: ["merchandise", "find", q],
    queryFn: ({ signal }) => findProducts(q, signal),
    staleTime: 0,
  });
  if (editing) {
    const close = () => {
      setEditing(undefined);
      void found.refetch();
    };
    return <ProductEditor product={editing === "new" ? undefined : editing} onClose={close} />;
  }
  return (
    <>
      <Form className="merchandise-find" onSubmit={() => setQ(typed.trim())}>
        <Field label={text.find} name="find" hint={text.findHint} value={typed} onChange={setTyped} />
        <button type="submit">{text.find}</button>
        <button type="button" onClick={() => setEditing("new")}>
          {text.newProduct}
        </button>
      </Form>
      {found.isPending && <Loading what={text.loading} />}
      <ErrorNotice error={found.error} retry={() => found.refetch()} />
      {found.data?.length === 0 && <p>{text.none}</p>}
      <ul className="merchandise-list">
        {found.data?.map((product) => (
          <li key={product.productId}>
            <span className="merchandise-name">
              {product.name} <span className="quiet">{product.productId}</span>
            </span>
            <Money price={product.price} />
            <span className="quiet">{text.availabilities[product.availability]}</span>
            <button type="button" aria-label={text.of(text.edit, product.name)} onClick={() => setEditing(product)}>
              {text.edit}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Hidden products are in no search, so an id finds its product itself. */
async function findProducts(q: string, signal: AbortSignal): Promise<ShownProduct[]> {
  const { products } = await searchProducts(new URLSearchParams(q ? { q } : {}), undefined, signal);
  if (!/^[\w.-]{1,64}$/.test(q)) return products;
  try {
    const one = await fetchProduct(q, signal);
    return [one, ...products.filter(({ productId }) => productId !== one.productId)];
  } catch (error) {
    if (error instanceof ApiError && [404, 422].includes(error.status)) return products;
    throw error;
  }
}
