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
