import type { Browser } from "playwright-core";
import { firstVisitor, type Visitor } from "../../tests/browser/browser";
import { newEmail } from "../../tests/browser/customer";
import { fillBasket, fillCheckout, signUp, untilSearchable } from "../../tests/browser/steps";

/** A customer in a browser, whose order is ready to be placed when a Region fails. */
export class PageCustomer {
  private visit: Visitor | undefined;
  private order: Promise<number> | undefined;

  constructor(
    private readonly browser: Browser,
    private readonly url: string,
    private readonly limitMs: number,
  ) {}

  async fillCheckout(): Promise<void> {
    this.visit = await firstVisitor(this.browser, this.url);
    const { page } = this.visit;
    await untilSearchable(this.url);
    await page.goto("/sign-in");
    await signUp(page, newEmail());
    await fillBasket(page);
    await page.goto("/checkout");
    await fillCheckout(page);
  }

  placeOrder(): void {
    this.order = this.press();
    // Reported by `confirmed`, which may be called much later.
    this.order.catch(() => {});
  }

  private async press(): Promise<number> {
    const { page } = this.visit!;
    const pressedAt = performance.now();
    await page.getByRole("button", { name: /^Place order/ }).click();
    await page.getByText("Thank you!").waitFor({ timeout: this.limitMs });
    return performance.now() - pressedAt;
  }

  /** Resolves with the milliseconds from the press to the confirmation. */
  async confirmed(): Promise<number> {
    try {
      return await this.order!;
    } finally {
      await this.visit!.leave();
    }
  }
}
