import type { RenderPage } from "../../components/searchService";

/** Stand-in for the storefront's renderer, in a file of its own that a bundle can import. */
export const renderAddress: RenderPage = async ({ url }) => ({ status: 200, html: url });
