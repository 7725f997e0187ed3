import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import * as operations from "../../../../domain/catalogue/operations.compiled";
import {
  NO_RULES,
  rulesOf,
  SEARCH_RULES_ID,
  type SearchRules,
  type StoredRules,
} from "../../../../domain/catalogue/search/searchRules";
import { internalError, json, problem, validator } from "../../../../domain/http";
import { isForwarded } from "../../../runtime/peerRegion";
import { reasonOf } from "../../../runtime/reasonOf";
import { refuseUnlessMerchandiser } from "../../../runtime/refuseUnlessMerchandiser";
import type { Forward, SignedInRequest } from "../forwardWrite";
import type { Log } from "../index/indexer";
import type { RulesStore } from "../rulesStore";

type Response = APIGatewayProxyStructuredResultV2;

/**
 * Answers `GET` and `PUT …/rules` for merchandisers.
 *
 * @param forward sends a change to the rules' home Region. Without it, changes of another Region's rules are refused.
 */
export function createRulesApi(store: Pick<RulesStore, "get" | "put">, log: Log, forward?: Forward) {
  const check = validator<SearchRules & { version: number }, Record<never, never>>(operations.putSearchRules);

  return async (event: SignedInRequest): Promise<Response> => {
    const forbidden = refuseUnlessMerchandiser(event, "read and change search rules");
    if (forbidden) return forbidden;
    try {
      return event.requestContext.http.method === "PUT"
        ? await put(event, event.requestContext.authorizer.lambda.customerId)
        : answer(await store.get());
    } catch (error) {
      const { requestId } = event.requestContext;
      log.error("Request failed", { requestId, reason: reasonOf(error) });
      return internalError(requestId);
    }
  };

  async function put(event: SignedInRequest, customerId: string): Promise<Response> {
    const checked = check(event);
    if (!checked.ok) return checked.response;
    const { version, ...rules } = checked.body;
    const outcome = await store.put(rules, version);
    switch (outcome.kind) {
      case "write":
        log.info("Wrote the search rules", { version: outcome.rules.version, customerId });
        return answer(outcome.rules);
      case "unchanged":
        return answer(outcome.rules);
      case "conflict":
        return problem(409, {
          title: "Rules changed meanwhile",
          detail: `The search rules are now in version ${outcome.currentVersion}. Read them again and repeat the change on them.`,
          currentVersion: outcome.currentVersion,
        });
      case "elsewhere":
        return refusedElsewhere(event, outcome.homeRegion);
    }
  }

  async function refusedElsewhere(event: SignedInRequest, homeRegion: string): Promise<Response> {
    if (!forward || isForwarded(event)) {
      return problem(409, {
        title: "Rules of another Region",
        detail: `The search rules are written in ${homeRegion} only. Send the change there.`,
        homeRegion,
      });
    }
    return forward(event, SEARCH_RULES_ID, homeRegion);
  }
}

function answer(stored: StoredRules | undefined): Response {
  const { version = 0, updatedAt } = stored ?? {};
  const rules = { ...NO_RULES, ...(stored && rulesOf(stored)) };
  // The response depends on the caller, and CloudFront's cache key has no token.
  return json(200, { ...rules, version, ...(updatedAt && { updatedAt }) }, { "cache-control": "no-store" });
}
