import type { RenderPage } from "../../components/searchService";

/** Stand-in for the storefront's renderer, in its own file that a bundle can import. */
export const renderAddress: RenderPage = async ({ url }) => ({ status: 200, html: url });
