import type { Route } from "playwright-core";
import { stripe } from "../../../components/orderService";
import { checkoutElement } from "../../../components/orderService/payment/resources";
import { contentSecurityPolicy } from "../../../components/staticSite/resources/securityHeaders";
import type { Stage } from "../stage";

/** Address that only Stripe may serve Stripe.js from. */
export const STRIPE_JS = "https://js.stripe.com/**";

export const PUBLISHABLE_KEY = "pk_test_StandIn";

/**
 * Stand-in for Stripe.js, which says what it is: one card field in the page instead of Stripe's frame. Its tokens are those of the local run's
 * payment provider, `NAME:CUSTOMER`, by what is typed. `window.stripeCalls` keeps what the page asked of it.
 */
const STAND_IN = `
  window.stripeCalls = [];
  window.Stripe = (publishableKey) => {
    window.stripeCalls.push({ connect: publishableKey });
    let field;
    return {
      elements(options) {
        window.stripeCalls.push({ elements: options });
        const listeners = {};
        return {
          create(type, more) {
            window.stripeCalls.push({ create: type, ...more });
            const box = document.createElement("label");
            box.textContent = "Stand-in for Stripe's card fields ";
            field = document.createElement("input");
            box.append(field);
            return {
              on: (event, listener) => { listeners[event] = listener; },
              // As Stripe's, the field is seen when it is ready.
              mount(place) { setTimeout(() => { place.append(box); listeners.ready(); }, 50); },
              destroy() { box.remove(); },
            };
          },
          update: (change) => { window.stripeCalls.push({ update: change }); },
          submit: async () => (field.value === "" ? { error: { message: "Your card number is incomplete." } } : {}),
        };
      },
      async createConfirmationToken() {
        window.stripeCalls.push({ token: field.value });
        return { confirmationToken: { id: field.value } };
      },
    };
  };
`;

/**
 * Has the store's pages be those of a store with a publishable key: its settings, and the content security policy that its program
 * gives the site. `js` serves Stripe.js; the default is the stand-in.
 */
export async function payByStripe({ page, store }: Pick<Stage, "page" | "store">, js = serveStandIn): Promise<void> {
  const account = { apiKey: "sk_test_1", webhookSecrets: ["whsec_1"], returnUrl: "https://www.example.com/" };
  const { origins } = checkoutElement(stripe({ ...account, publishableKey: PUBLISHABLE_KEY }))!;
  const element = { kind: "stripe", publishableKey: PUBLISHABLE_KEY };
  await page.route(`${store.url}/**`, async (route) => {
    if (route.request().resourceType() !== "document") return route.fallback();
    const response = await route.fetch();
    const headers = { ...response.headers(), "content-security-policy": contentSecurityPolicy([], [], origins) };
    await route.fulfill({ response, headers });
  });
  for (const address of ["**/api/config", "**/config.json"]) {
    await page.route(address, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), paymentElement: element } });
    });
  }
  await page.route(STRIPE_JS, js);
}

export function serveStandIn(route: Route): Promise<void> {
  return route.fulfill({ contentType: "text/javascript", body: STAND_IN });
}
