/** The payment provider's own card fields in the checkout, as the page's public settings name them. Without them, the page encrypts cards. */
export interface PaymentElement {
  kind: "stripe";
  /** Names the account to Stripe: `pk_…`. */
  publishableKey: string;
}

/** Origins of such fields, for the page's content security policy. */
export interface PaymentOrigins {
  scripts: readonly string[];
  frames: readonly string[];
  /** Origins that the page calls. */
  connections: readonly string[];
}
