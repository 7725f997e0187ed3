import { CompactEncrypt, importJWK, type JWK } from "jose";
import type { CognitoSettings } from "../../../domain/auth/settings";
import { CARD_ALGORITHM, cardHeader } from "../../../domain/order/providers/card";
import { newPerson, type Person } from "../../person";

interface StoreSettings {
  auth: CognitoSettings;
  card: { keyId: string; jwk: JWK };
}

interface Product {
  productId: string;
  price: { amount: number; currency: string };
}

/** Milliseconds for reading the settings and the catalogue. */
const READ_MS = 10_000;

/** A customer who orders one product again and again, at the store's own address. */
export class LoadCustomer {
  private constructor(
    private readonly person: Person,
    private readonly settings: StoreSettings,
    private readonly product: Product,
  ) {}

  /** Signs a new account up and in, and chooses a product. */
  static async signUp(storeUrl: string): Promise<LoadCustomer> {
    const read = async <T>(path: string) => {
      const response = await fetch(`${storeUrl}${path}`, { signal: AbortSignal.timeout(READ_MS) });
      if (!response.ok) throw new Error(`${path} answered ${response.status}.`);
      return (await response.json()) as T;
    };
    // A store of one Region may have the settings in its site only.
    const settings = await read<StoreSettings>("/api/config").catch(() => read<StoreSettings>("/config.json"));
    const { products } = await read<{ products: Product[] }>("/api/catalogue/search?q=kettle");
    const [product] = products;
    if (product === undefined) throw new Error("The catalogue has no kettle.");
    const person = await newPerson({ url: storeUrl }, settings.auth);
    return new LoadCustomer(person, settings, product);
  }

  /**
   * Places an order.
   *
   * @param prefix path of a Region, or nothing for the one that the store's name leads to.
   * @returns the order's id.
   * @throws RangeError if the store refuses the order: a retry would not help.
   */
  async order(key: string, prefix: string, timeoutMs: number): Promise<string> {
    const body = await orderBody(this.settings.card, this.person, this.product, key);
    const headers = { "idempotency-key": key };
    const response = await this.person.call("POST", `${prefix}/api/orders`, body, headers, undefined, timeoutMs);
    if (response.ok) return ((await response.json()) as { orderId: string }).orderId;
    const sentence = `The order was answered ${response.status}: ${(await response.text()).slice(0, 200)}`;
    if (response.status >= 400 && response.status < 500 && response.status !== 429) throw new RangeError(sentence);
    throw new Error(sentence);
  }
}

/** Encrypts a card for one order, as the storefront does. */
async function orderBody({ keyId, jwk }: StoreSettings["card"], person: Person, product: Product, key: string) {
  const entered = { number: "4242424242424242", expiry: "12/39", code: "123" };
  const header = cardHeader(keyId, { customerId: person.customerId, idempotencyKey: key });
  const card = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(entered)))
    .setProtectedHeader({ ...header })
    .encrypt(await importJWK(jwk, CARD_ALGORITHM));
  return {
    lines: [{ productId: product.productId, quantity: 1 }],
    expectedTotal: product.price,
    shipping: { name: "Ada Example", street: "Main 1", city: "Springfield", postalCode: "12345", country: "US" },
    contact: { email: person.email },
    payment: { kind: "card", card },
  };
}
