import { Readable } from "node:stream";
import { constants, createBrotliCompress, createGzip } from "node:zlib";
import type { Behavior } from "./distribution";
import type { EdgeRequest, EdgeResponse } from "./exchange";

/** Content types of a store that CloudFront compresses. */
const compressible =
  /^(text\/(html|css|plain|xml|javascript|csv|markdown)|application\/(javascript|json|ld\+json|problem\+json|manifest\+json|xml|xhtml\+xml|wasm|vnd\.api\+json)|image\/svg\+xml|font\/(otf|ttf))/;
const leastBytes = 1_000;
const mostBytes = 10_000_000;

/** Compresses a response where CloudFront would: if behaviour and cache policy allow it, by type and size. */
export function compressed(request: EdgeRequest, response: EdgeResponse, { compress, cache }: Behavior): EdgeResponse {
  const length = Number(response.headers["content-length"]);
  const encoding = chosenEncoding(String(request.headers["accept-encoding"] ?? ""), cache);
  const fits =
    compress &&
    encoding !== undefined &&
    request.method !== "HEAD" &&
    [200, 403, 404].includes(response.status) &&
    response.headers["content-encoding"] === undefined &&
    compressible.test(String(response.headers["content-type"] ?? "")) &&
    length >= leastBytes &&
    length <= mostBytes;
  if (!fits) return response;
  const { "content-length": _, etag, ...headers } = response.headers;
  const squeeze =
    encoding === "br"
      ? createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
      : createGzip({ level: 6 });
  const source = Buffer.isBuffer(response.body) ? Readable.from([response.body]) : response.body;
  source.on("error", (error) => squeeze.destroy(error));
  return {
    ...response,
    headers: {
      ...headers,
      "content-encoding": encoding,
      vary: "Accept-Encoding",
      ...(etag !== undefined && { etag: String(etag).replace(/^(?!W\/)/, "W/") }),
    },
    body: source.pipe(squeeze),
  };
}

function chosenEncoding(accepted: string, { brotli, gzip }: Behavior["cache"]): "br" | "gzip" | undefined {
  const offers = accepted.split(",").map((offer) => offer.trim().toLowerCase());
  const takes = (name: string) =>
    offers.some((offer) => offer.split(";")[0] === name && !/;\s*q=0(\.0+)?$/.test(offer));
  if (brotli && takes("br")) return "br";
  return gzip && takes("gzip") ? "gzip" : undefined;
}
