import { expect } from "chai";
import sinon from "sinon";
import type { Product } from "../../domain/catalogue/product";
import { MAX_LINES, MAX_QUANTITY } from "../../domain/order/limits";

type Line = Pick<Product, "productId" | "name" | "price" | "maxPerOrder"> & { quantity: number };

/** The module is the page's, whose types this project does not have. */
interface Basket {
  basketLines(): Line[];
  addToBasket(product: object, quantity: number): number;
  restoreBasket(lines: readonly Line[]): void;
  setQuantity(productId: string, quantity: number): void;
  refreshBasket(products: readonly object[]): void;
  basketTotal(lines: readonly Line[]): object | undefined;
  linePrice(line: Line): object;
  atQuote(line: Line, quoted?: Pick<{ unitPrice: Line["price"] }, "unitPrice">): Line;
}

describe("the basket", () => {
  let stored: string | null;
  let basket: Basket;
  const price = (amount: number) => ({ amount, currency: "EUR" });
  const product = (productId: string, more: object = {}) => ({
    productId,
    name: productId,
    price: price(250),
    ...more,
  });

  const open = () => {
    const module = require.resolve("../../web/src/basket");
    delete require.cache[module];
    basket = require(module);
  };
  beforeEach(() => {
    stored = null;
    const storage = { getItem: () => stored, setItem: (_key: string, text: string) => (stored = text) };
    sinon.define(globalThis, "localStorage" as never, storage as never);
    sinon.define(globalThis, "addEventListener" as never, (() => undefined) as never);
    open();
  });
  afterEach(() => sinon.restore());

  it("adds pieces up to the product's limit, and survives a reload", () => {
    expect(basket.addToBasket(product("kettle", { maxPerOrder: 3 }), 2)).to.equal(2);
    expect(basket.addToBasket(product("kettle", { maxPerOrder: 3 }), 2)).to.equal(3);
    expect(basket.addToBasket(product("cup"), MAX_QUANTITY + 1)).to.equal(MAX_QUANTITY);
    open();
    expect(basket.basketLines().map(({ productId, quantity }) => [productId, quantity])).to.deep.equal([
      ["kettle", 3],
      ["cup", MAX_QUANTITY],
    ]);
  });

  it("takes no further product when it is full", () => {
    for (let i = 0; i < MAX_LINES; i++) basket.addToBasket(product(`p-${i}`), 1);
    expect(basket.addToBasket(product("one-more"), 1)).to.equal(0);
    expect(basket.addToBasket(product("p-0"), 1)).to.equal(2);
    expect(basket.basketLines()).to.have.length(MAX_LINES);
  });

  it("changes and removes lines", () => {
    basket.addToBasket(product("kettle", { maxPerOrder: 3 }), 1);
    basket.setQuantity("kettle", 7);
    expect(basket.basketLines()[0]?.quantity).to.equal(3);
    basket.setQuantity("kettle", 0);
    expect(basket.basketLines()).to.deep.equal([]);
    expect(basket.basketTotal([])).to.equal(undefined);
  });

  it("restores an order's lines once", () => {
    basket.addToBasket(product("kettle"), 1);
    const ordered = [
      { ...product("kettle"), quantity: 4 },
      { ...product("cup"), quantity: 2 },
    ];
    for (let i = 0; i < 2; i++) basket.restoreBasket(ordered);
    expect(basket.basketLines().map(({ quantity }) => quantity)).to.deep.equal([1, 2]);
  });

  it("follows the catalogue's prices and limits", () => {
    basket.addToBasket(product("kettle"), 5);
    basket.addToBasket(product("cup"), 1);
    basket.refreshBasket([product("kettle", { price: price(300), maxPerOrder: 2 })]);
    const [kettle, cup] = basket.basketLines() as [Line, Line];
    expect([kettle.quantity, kettle.price, cup.price]).to.deep.equal([2, price(300), price(250)]);
    expect(basket.basketTotal([kettle, cup])).to.deep.equal(price(850));
  });

  it("prices lines as the store does, and as a quote says", () => {
    const line = { ...product("kettle"), quantity: 3 };
    expect(basket.linePrice(line)).to.deep.equal(price(750));
    expect(basket.linePrice(basket.atQuote(line, { unitPrice: price(200) }))).to.deep.equal(price(600));
    expect(basket.atQuote(line)).to.equal(line);
  });

  it("leaves out what it can't read", () => {
    sinon.stub(console, "warn");
    const good = { ...product("kettle"), quantity: 1 };
    stored = JSON.stringify([good, { ...good, quantity: 1.5 }, { ...good, price: { amount: 2 } }, "kettle", null]);
    open();
    expect(basket.basketLines()).to.deep.equal([good]);
    stored = "not JSON";
    open();
    expect(basket.basketLines()).to.deep.equal([]);
  });
});
