import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { Decision } from "../../../../domain/catalogue/change";
import * as operations from "../../../../domain/catalogue/operations.compiled";
import { isLive, type ProductContent } from "../../../../domain/catalogue/product";
import type { ShownProduct } from "../../../../domain/catalogue/search/searchResult";
import { internalError, json, jsonText, problem, validator } from "../../../../domain/http";
import { isForwarded } from "../../../runtime/peerRegion";
import { reasonOf } from "../../../runtime/reasonOf";
import { refuseUnlessMerchandiser } from "../../../runtime/refuseUnlessMerchandiser";
import type { Forward, SignedInRequest } from "../forwardWrite";
import type { Log } from "../index/indexer";
import type { StockReader } from "../index/shownStock";
import type { ProductStore } from "../productStore";

type Response = APIGatewayProxyStructuredResultV2;

/** Answers `GET …/products/{productId}` and `…/openapi.json`; its parameters are those of {@link createProductApi}. */
export function createReadApi(...parameters: Parameters<typeof createProductApi>) {
  const answer = createProductApi(...parameters);
  return async (event: APIGatewayProxyEventV2): Promise<Response> =>
    event.rawPath.endsWith("/openapi.json")
      ? jsonText(200, operations.description, { "cache-control": "public, max-age=300" })
      : answer(event);
}

/**
 * Answers `GET …/products/{productId}`, for functions that need not carry the API's description.
 *
 * @param stock reads the stock of counted products. Without it, none is shown.
 */
export function createProductApi(store: Pick<ProductStore, "get">, log: Log, stock?: Pick<StockReader, "shown">) {
  const check = validator<undefined, { productId: string }>(operations.getProduct);
  return async (event: APIGatewayProxyEventV2): Promise<Response> => {
    const checked = check(event);
    if (!checked.ok) return checked.response;
    return guarded(event, log, async () => {
      const { productId } = checked.parameters;
      const product = await store.get(productId);
      if (!product || !isLive(product)) return unknownProduct(productId);
      const isShown = product.counted && stock;
      return productAnswer(200, isShown ? { ...product, stock: await stock.shown(productId) } : product);
    });
  };
}

/**
 * Answers `PUT` and `DELETE …/products/{productId}` for merchandisers.
 *
 * @param forward sends a change to the product's home Region. Without it, changes to another Region's products are refused.
 */
export function createWriteApi(store: Pick<ProductStore, "put" | "delete">, log: Log, forward?: Forward) {
  const checkPut = validator<ProductContent & { version?: number }, WriteParameters>(operations.putProduct);
  const checkDelete = validator<undefined, WriteParameters>(operations.deleteProduct);

  return async (event: SignedInRequest): Promise<Response> => {
    const forbidden = refuseUnlessMerchandiser(event, "change products");
    if (forbidden) return forbidden;
    return guarded(event, log, () => (event.requestContext.http.method === "DELETE" ? remove(event) : put(event)));
  };

  async function put(event: SignedInRequest): Promise<Response> {
    const checked = checkPut(event);
    if (!checked.ok) return checked.response;
    const { productId, "If-Match": ifMatch } = checked.parameters;
    const { version, ...content } = checked.body;
    const header = versionOf(ifMatch);
    if (header !== undefined && version !== undefined && header !== version) {
      return problem(422, {
        title: "Two versions",
        detail: `If-Match has version ${header}, the body has version ${version}. Send one of them.`,
      });
    }
    const outcome = await store.put(productId, content, header ?? version);
    if (outcome.kind === "write") {
      log.info("Wrote a product", { productId, version: outcome.product.version });
      return productAnswer(outcome.product.version === 1 ? 201 : 200, outcome.product);
    }
    if (outcome.kind === "unchanged") return productAnswer(200, outcome.product);
    return refused(event, productId, outcome, header === undefined ? 409 : 412);
  }

  async function remove(event: SignedInRequest): Promise<Response> {
    const checked = checkDelete(event);
    if (!checked.ok) return checked.response;
    const { productId, "If-Match": ifMatch } = checked.parameters;
    const outcome = await store.delete(productId, versionOf(ifMatch));
    if (outcome.kind === "write") log.info("Deleted a product", { productId, version: outcome.product.version });
    if (outcome.kind === "write" || outcome.kind === "unchanged") return { statusCode: 204 };
    return refused(event, productId, outcome, 412);
  }

  async function refused(event: SignedInRequest, productId: string, outcome: Refused, conflictStatus: 409 | 412) {
    if (outcome.kind !== "elsewhere" || !forward) return refusal(productId, outcome, conflictStatus);
    return isForwarded(event) ? homeNotSettled(productId) : forward(event, productId, outcome.homeRegion);
  }
}

type Refused = Exclude<Decision, { kind: "write" | "unchanged" }>;

interface WriteParameters {
  productId: string;
  "If-Match"?: string;
}

const versionOf = (ifMatch: string | undefined) =>
  ifMatch === undefined ? undefined : Number(ifMatch.replaceAll('"', ""));

function refusal(productId: string, outcome: Refused, conflictStatus: 409 | 412): Response {
  switch (outcome.kind) {
    case "not-found":
      return unknownProduct(productId);
    case "elsewhere":
      return problem(409, {
        title: "Product of another Region",
        detail: `Product ${productId} is written in ${outcome.homeRegion} only. Send the change there.`,
        homeRegion: outcome.homeRegion,
      });
    case "version-needed":
      return problem(428, {
        title: "Version needed",
        detail: `Product ${productId} exists in version ${outcome.current.version}. Read it, then send If-Match: "${outcome.current.version}" to change it.`,
        currentVersion: outcome.current.version,
      });
    case "conflict": {
      const currentVersion = outcome.current?.version ?? 0;
      const now = outcome.current ? `is now in version ${currentVersion}` : "does not exist";
      return problem(conflictStatus, {
        title: "Product changed meanwhile",
        detail: `Product ${productId} ${now}. Read it again and repeat the change on it.`,
        currentVersion,
      });
    }
  }
}

/** Each Region takes the peer for the home Region: a move is not replicated yet. */
const homeNotSettled = (productId: string) =>
  problem(
    503,
    {
      title: "Home not settled",
      detail: `Product ${productId} is being moved to another Region. Try again in a few seconds.`,
    },
    { "retry-after": "5" },
  );

const unknownProduct = (productId: string) =>
  problem(404, { title: "Product not found", detail: `There is no product ${productId}. Search for it by name.` });

const productAnswer = (status: number, product: ShownProduct) =>
  json(status, product, { etag: `"${product.version}"` });

async function guarded(
  event: { requestContext: { requestId: string } },
  log: Log,
  answer: () => Promise<Response>,
): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    log.error("Request failed", { requestId: event.requestContext.requestId, reason: reasonOf(error) });
    return internalError(event.requestContext.requestId);
  }
}
