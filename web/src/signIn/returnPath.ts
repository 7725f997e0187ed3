/** Pages that lead to a sign-in, and are no place to return to. */
const SIGN_IN_PAGES = ["/sign-in", "/sign-up"];

/**
 * Address of the sign-in page that returns to a page of the store.
 *
 * @param search without its question mark.
 * @example
 * signInFrom("/products/kettle", "") // "/sign-in?next=%2Fproducts%2Fkettle"
 */
export function signInFrom(path: string, search: string): string {
  const query = search && `?${search}`;
  if (SIGN_IN_PAGES.includes(path)) return `/sign-in${query}`;
  // An issuer's answer is valid once.
  if (path === "/signed-in" || path + query === "/") return "/sign-in";
  return `/sign-in?${new URLSearchParams({ next: path + query })}`;
}

/** Page to return to; only paths of this store are accepted. */
export function toReturnPath(search: string, origin: string): string {
  const next = new URLSearchParams(search).get("next") ?? "/";
  // As the browser reads it: it removes tabs and line breaks, and takes a backslash for a slash.
  return next.startsWith("/") && URL.parse(next, origin)?.origin === origin ? next : "/";
}
