import type { ReviewAnswer, ReviewedOrder } from "../../../domain/order";
import type { OrderPlan } from "./orderPlans";
import type { Providers } from "./providers";
import type { World } from "./world";

/** Behaviours of the store's own check towards one order. A decision never changes, whichever Region asks. */
const BEHAVIOURS = [
  "accepts",
  "accepts",
  "accepts later",
  "fails, then accepts",
  "hangs, then accepts",
  "declines",
  "declines later",
  "never decides",
] as const;
type Behaviour = (typeof BEHAVIOURS)[number];

/** Questions until a late decision. */
const QUESTIONS = 3;

export interface ReviewFigures {
  ordersReviewed: number;
  ordersDeclined: number;
}

/** The store's own check between Authorize and Capture, and what must hold about it. */
export class Reviews {
  readonly figures: ReviewFigures = { ordersReviewed: 0, ordersDeclined: 0 };
  private readonly behaviours = new Map<string, Behaviour>();
  private readonly questions = new Map<string, number>();
  private readonly accepted = new Set<string>();

  constructor(
    private readonly world: World,
    providers: Providers,
    /** Orders of a store with a check; none without. */
    plans: readonly OrderPlan[],
  ) {
    for (const { index, orderId } of plans)
      this.behaviours.set(orderId, world.chance.pick(`review/${index}`, BEHAVIOURS));
    if (plans.length === 0) return;
    const { onChange } = providers;
    providers.onChange = (orderId, isByItself) => {
      onChange(orderId, isByItself);
      const isCaptured = providers.payments.get(orderId)?.status === "captured";
      if (isCaptured && !this.accepted.has(orderId)) world.violate("only orders that the check accepts are captured");
    };
  }

  /** True of an order that the check accepts, if it is asked often enough. */
  accepts(orderId: string): boolean {
    return !/declines|never/.test(this.behaviours.get(orderId) ?? "");
  }

  answer({ orderId }: ReviewedOrder): ReviewAnswer | Promise<ReviewAnswer> {
    const behaviour = this.behaviours.get(orderId);
    if (behaviour === undefined) throw new Error(`The check knows no order ${orderId}.`);
    const questions = (this.questions.get(orderId) ?? 0) + 1;
    this.questions.set(orderId, questions);
    this.world.tell(`the check of ${orderId.slice(0, 6)} ${behaviour}, question ${questions}`);
    if (behaviour === "fails, then accepts" && questions < QUESTIONS) throw new Error("The check fails.");
    if (behaviour === "hangs, then accepts" && questions < QUESTIONS) return new Promise(() => {});
    const isUndecided = behaviour === "never decides" || (/later/.test(behaviour) && questions < QUESTIONS);
    if (isUndecided) return { decision: "review" };
    if (behaviour.startsWith("declines")) return { decision: "decline" };
    this.accepted.add(orderId);
    return { decision: "accept" };
  }

  /** Nothing happens any more by itself: this is how it stays. */
  atRest(): void {
    for (const orderId of this.questions.keys()) {
      this.figures.ordersReviewed += 1;
      if (!this.accepts(orderId)) this.figures.ordersDeclined += 1;
    }
  }
}
