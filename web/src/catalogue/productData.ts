import type { ShownProduct } from "../../../domain/catalogue/search/searchResult";
import { toMajorUnits } from "../../../domain/money";
import { isOffered } from "./stock";

const CONTEXT = "https://schema.org";

/** Product and BreadcrumbList of schema.org for a product's page. */
export function toProductData(product: ShownProduct, origin: string): object[] {
  const { productId, name, brand, category, description, price, image } = product;
  const url = `${origin}/products/${encodeURIComponent(productId)}`;
  const availability = isOffered(product)
    ? "InStock"
    : product.availability === "discontinued"
      ? "Discontinued"
      : "OutOfStock";
  return [
    {
      "@context": CONTEXT,
      "@type": "Product",
      sku: productId,
      name,
      description,
      category,
      url,
      brand: { "@type": "Brand", name: brand },
      ...(image && { image: new URL(image, origin).href }),
      offers: {
        "@type": "Offer",
        url,
        price: toMajorUnits(price),
        priceCurrency: price.currency,
        availability: `${CONTEXT}/${availability}`,
      },
    },
    {
      "@context": CONTEXT,
      "@type": "BreadcrumbList",
      itemListElement: [
        { "@type": "ListItem", position: 1, name: category, item: `${origin}/?${new URLSearchParams({ category })}` },
        { "@type": "ListItem", position: 2, name },
      ],
    },
  ];
}
