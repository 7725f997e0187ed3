import type * as pulumi from "@pulumi/pulumi";
import { HttpApi } from "../../infrastructure/httpApi";
import type { InlineFunction } from "../../inlineFunction";
import { DEFAULT_ROUTE } from "../../runtime/unknownRoute";
import type { SearchServiceArgs } from "../args";

type ApiFunctions = Record<"search" | "productRead" | "productWrite", InlineFunction> & { pages?: InlineFunction };

/** Files that CloudFront requests for rendered pages and the sitemap. */
const PAGE_ROUTES = ["GET /index.html", "HEAD /index.html", "GET /sitemap.xml", "HEAD /sitemap.xml"];

/** The HTTP API: one function for each set of permissions that its routes need. */
export function createCatalogueApi(
  name: string,
  { auth, throttle, cors, logRetentionDays }: SearchServiceArgs,
  { search, productRead, productWrite, pages }: ApiFunctions,
  parent: pulumi.Resource,
): HttpApi {
  return new HttpApi(
    name,
    {
      description: "Product search and catalogue.",
      throttle,
      cors,
      logRetentionDays,
      edge: auth.edge,
      routes: {
        "GET /api/catalogue/search": { function: search },
        "GET /api/catalogue/suggest": { function: search },
        "GET /api/catalogue/health": { function: search },
        "GET /api/catalogue/openapi.json": { function: productRead },
        "GET /api/catalogue/products/{productId}": { function: productRead },
        "PUT /api/catalogue/products/{productId}": { function: productWrite, auth },
        "DELETE /api/catalogue/products/{productId}": { function: productWrite, auth },
        "GET /api/catalogue/rules": { function: productWrite, auth },
        "PUT /api/catalogue/rules": { function: productWrite, auth },
        ...(pages && Object.fromEntries(PAGE_ROUTES.map((route) => [route, { function: pages }]))),
        [DEFAULT_ROUTE]: { function: productRead },
      },
    },
    { parent },
  );
}
