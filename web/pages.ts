/**
 * Addresses of the storefront's pages; `*` is one segment. Any other address answers 404 with the page that says so. The routes are
 * those of `src/app.tsx`.
 */
export const PAGES = [
  "/",
  "/products/*",
  "/basket",
  "/checkout",
  "/orders",
  "/orders/*",
  "/account",
  "/sign-in",
  "/sign-up",
  "/signed-in",
  "/merchandise",
];

/** Parameters of the search page's address, which are those of the API. */
export const SEARCH_PARAMETERS = ["q", "category", "brand", "availability", "price", "attribute", "sort"];

/** Pages that a function renders with their content (`src/renderPage.tsx`), and the parameters on which they depend. */
export const RENDERED_PAGES = { paths: ["/", "/products/*"], parameters: [...SEARCH_PARAMETERS, "after"] };

/** The sitemap, whose files begin after the product in the parameter `after`. */
export const SITEMAP = "/sitemap.xml";
