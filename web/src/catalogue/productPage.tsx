import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useId, useState } from "react";
import { Link } from "wouter";
import type { ShownProduct } from "../../../domain/catalogue/search/searchResult";
import { addToBasket, maxQuantity } from "../basket";
import { Form } from "../parts/form";
import { useHead } from "../parts/head";
import { Money } from "../parts/money";
import { EmptyPage, ErrorNotice, Loading, Notice } from "../parts/notice";
import { useTitle } from "../parts/page";
import { Picture, VIEWS } from "../parts/picture";
import { type Head, siteOrigin } from "../parts/rendering";
import { ApiError } from "../publicApi";
import { fetchProduct, fetchVariants, productKey, VARIANTS, variantsKey } from "./catalogueApi";
import { formatAttribute, toAttributeLabel, toCategoryLabel } from "./facets";
import "./product.css";
import { text } from "../texts/texts";
import { toProductData } from "./productData";
import { ProductRow, useRow } from "./productRow";
import { rememberViewed, useRecentlyViewed } from "./recentlyViewed";
import { isOffered, toAvailabilityLabel, toFewLeft } from "./stock";
import { VariantChoices } from "./variantChoices";

export function ProductPage({ productId }: { productId: string }) {
  const client = useQueryClient();
  const found = useQuery({
    queryKey: productKey(productId),
    queryFn: ({ signal }) => fetchProduct(productId, signal),
    // Another variant is shown at once as the index has it, and then as it is.
    placeholderData: knownVariant(client, productId),
  });
  const isUnknown = found.error instanceof ApiError && found.error.status === 404;
  useTitle(found.data?.name ?? (isUnknown ? text.product.notFound : text.product.title));
  useHead(found.data && toHead(found.data));
  if (found.isPending) return <Loading what={text.product.loading} />;
  if (isUnknown) {
    return (
      <EmptyPage title={text.product.notFound}>
        <p className="quiet">{text.product.mayBeRemoved}</p>
        <Link href="/">{text.frame.allProducts}</Link>
      </EmptyPage>
    );
  }
  if (!found.data) return <ErrorNotice error={found.error} retry={() => found.refetch()} />;
  return (
    <div key={found.data.group ?? productId}>
      <ProductView product={found.data} />
      <OtherProducts product={found.data} />
    </div>
  );
}

/** The product among the variants that were read for another one's page. */
function knownVariant(client: QueryClient, productId: string): ShownProduct | undefined {
  return client
    .getQueriesData<ShownProduct[]>({ queryKey: [VARIANTS] })
    .flatMap(([, variants]) => variants ?? [])
    .find((variant) => variant.productId === productId);
}

const toHead = (product: ShownProduct): Head => ({
  title: product.name,
  type: "product",
  image: product.image,
  description: product.description || product.name,
  canonical: `/products/${encodeURIComponent(product.productId)}`,
  data: toProductData(product, siteOrigin()),
});

function OtherProducts({ product }: { product: ShownProduct }) {
  const { category } = product;
  const related = useRow({ category }, product);
  const viewed = useRecentlyViewed(product);
  useEffect(() => rememberViewed(product), [product]);
  return (
    <>
      <ProductRow title={text.product.alsoLike} products={related} />
      <ProductRow title={text.home.recentlyViewed} products={viewed} />
    </>
  );
}

function ProductView({ product }: { product: ShownProduct }) {
  const { name, brand, category, description, price, attributes } = product;
  const fewLeft = toFewLeft(product);
  return (
    <article className="product">
      <Gallery product={product} />
      <div className="product-text">
        <p className="quiet">
          <Link href={`/?${new URLSearchParams({ category })}`}>{toCategoryLabel(category)}</Link> ·{" "}
          <Link href={`/?${new URLSearchParams({ brand })}`}>{brand}</Link>
        </p>
        <h1>{name}</h1>
        <p className="product-price" aria-live="polite">
          <Money price={price} />
          <span className={isOffered(product) ? "badge badge-good" : "badge"}>{toAvailabilityLabel(product)}</span>
          {fewLeft && <span className="badge">{fewLeft}</span>}
        </p>
        {product.group !== undefined && <Variants product={product} group={product.group} />}
        {isOffered(product) && <AddToBasket key={product.productId} product={product} />}
        {product.stock?.soldOut && <p className="hint">{text.product.soldOutHint}</p>}
        <p>{description}</p>
        {Object.keys(attributes).length > 0 && (
          <table className="attributes">
            <caption className="visually-hidden">{text.product.details}</caption>
            <tbody>
              {Object.entries(attributes).map(([attribute, value]) => (
                <tr key={attribute}>
                  <th scope="row">{toAttributeLabel(attribute)}</th>
                  <td>{formatAttribute(String(value))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </article>
  );
}

/** Choice among the product's variants. Without them the product can still be bought. */
function Variants({ product, group }: { product: ShownProduct; group: string }) {
  const found = useQuery({
    queryKey: variantsKey(group),
    queryFn: ({ signal }) => fetchVariants(group, signal),
    staleTime: 60_000,
  });
  // Keeps the place of most choices, so that the page does not move.
  if (found.isPending) return <div className="variants variants-pending" aria-hidden="true" />;
  // The product's own data are newer than the index.
  const variants = (found.data ?? []).map((one) => (one.productId === product.productId ? product : one));
  return <VariantChoices present={product} variants={variants} />;
}

/** The product's picture; of a drawn one three views to choose from. */
function Gallery({ product: { name, category, image } }: { product: ShownProduct }) {
  const [view, setView] = useState<(typeof VIEWS)[number]>("whole");
  const picture = (
    <Picture name={name} category={category} src={image} className="product-picture" view={view} isFirst />
  );
  if (image) return picture;
  return (
    <div className="gallery">
      {picture}
      <fieldset className="views" aria-label={text.product.pictures}>
        {VIEWS.map((each) => (
          <button
            key={each}
            type="button"
            aria-label={text.product.views[each]}
            aria-pressed={each === view}
            onClick={() => setView(each)}
          >
            <Picture name={name} category={category} view={each} />
          </button>
        ))}
      </fieldset>
    </div>
  );
}

function AddToBasket({ product }: { product: ShownProduct }) {
  const id = useId();
  const [quantity, setQuantity] = useState(1);
  const [inBasket, setInBasket] = useState<number>();
  return (
    <>
      <Form className="add" onSubmit={() => setInBasket(addToBasket(product, quantity))}>
        <label htmlFor={id}>{text.product.quantity}</label>
        <input
          id={id}
          name="quantity"
          type="number"
          min={1}
          max={Math.min(maxQuantity(product), product.stock?.left ?? Number.POSITIVE_INFINITY)}
          required
          value={quantity}
          onChange={(event) => setQuantity(event.target.valueAsNumber || 1)}
        />
        <button type="submit" className="button-main">
          {text.product.add}
        </button>
      </Form>
      {product.maxPerOrder && <p className="hint">{text.product.limit(product.maxPerOrder)}</p>}
      {inBasket === 0 && <Notice kind="error">{text.product.full}</Notice>}
      {inBasket !== undefined && inBasket > 0 && (
        <Notice kind="success">
          {text.product.added(inBasket)} <Link href="/basket">{text.product.toBasket}</Link>
        </Notice>
      )}
    </>
  );
}
