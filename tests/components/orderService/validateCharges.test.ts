import { expect } from "chai";
import { ArgumentChecks } from "../../../components/arguments/checks";
import type { OrderServiceArgs } from "../../../components/orderService";
import { validateCharges } from "../../../components/orderService/validateCharges";

type Charges = Pick<OrderServiceArgs, "shippingMethods" | "tax">;

const validate = (charges: Charges) => validateCharges(new ArgumentChecks("OrderService", "orders"), charges);

describe("validateCharges", () => {
  const wrong: [string, Charges, RegExp][] = [
    [
      "no shipping method",
      { shippingMethods: [] },
      /`shippingMethods` is empty; it must have an entry, or be left out/,
    ],
    [
      "a shipping method with a long id",
      { shippingMethods: [{ id: "Express!", name: "Express", price: { EUR: 1 } }] },
      /`shippingMethods\[0\]\.id` is "Express!"; it must be small letters/,
    ],
    [
      "a shipping method without a price",
      { shippingMethods: [{ id: "express", name: "Express", price: undefined as never }] },
      /`shippingMethods\[0\]\.price` is undefined; it must be minor units by currency/,
    ],
    [
      "a shipping method that costs a part of a cent",
      { shippingMethods: [{ id: "express", name: "Express", price: { EUR: 4.9 } }] },
      /`shippingMethods\[0\]\.price\.EUR` is 4\.9; it must be a whole number/,
    ],
    [
      "a shipping method in no currency",
      { shippingMethods: [{ id: "express", name: "Express", price: { EUR: 490 }, freeFrom: { eur: 1 } }] },
      /`shippingMethods\[0\]\.freeFrom` names "eur"; it must name currencies by ISO 4217/,
    ],
    [
      "a shipping method to a country that is none",
      { shippingMethods: [{ id: "express", name: "Express", price: { EUR: 490 }, countries: ["Germany"] }] },
      /`shippingMethods\[0\]\.countries\[0\]` is "Germany"; /,
    ],
    [
      "a shipping method that arrives before it may",
      { shippingMethods: [{ id: "express", name: "Express", price: { EUR: 490 }, deliveryDays: [3, 1] }] },
      /`shippingMethods\[0\]\.deliveryDays\[1\]` is 1; /,
    ],
    [
      "a number of days without an end",
      { shippingMethods: [{ id: "express", name: "Express", price: { EUR: 490 }, deliveryDays: 3 as never }] },
      /`shippingMethods\[0\]\.deliveryDays` is 3; it must be the least and the most days/,
    ],
    [
      "a country outside a list",
      { shippingMethods: [{ id: "express", name: "Express", price: { EUR: 490 }, countries: "DE" as never }] },
      /`shippingMethods\[0\]\.countries` is "DE"; it must be a list/,
    ],
    [
      "no shipping method in the place of one",
      { shippingMethods: [null as never] },
      /`shippingMethods\[0\]` is null; it must be an object/,
    ],
    [
      "a category outside a list",
      { tax: { pricesIncludeTax: true, rates: [{ name: "VAT", percent: 7, categories: "Books" as never }] } },
      /`tax\.rates\[0\]\.categories` is "Books"; it must be a list/,
    ],
    [
      "a category that is no text",
      { tax: { pricesIncludeTax: true, rates: [{ name: "VAT", percent: 7, categories: [null as never] }] } },
      /`tax\.rates\[0\]\.categories\[0\]` is null; it must be a category of the catalogue/,
    ],
    [
      "two shipping methods with one id",
      { shippingMethods: ["A", "B"].map((name) => ({ id: "express", name, price: { EUR: 490 } })) },
      /`shippingMethods` has "express" twice; it must name each method once/,
    ],
    [
      "a tax that prices neither include nor get",
      { tax: { rates: [{ name: "VAT", percent: 19 }] } as never },
      /`tax\.pricesIncludeTax` is null; it must be true or false/,
    ],
    ["a tax without rates", { tax: { pricesIncludeTax: true, rates: [] } }, /`tax\.rates` is empty; /],
    [
      "a rate above 100 percent",
      { tax: { pricesIncludeTax: true, rates: [{ name: "VAT", percent: 119 }] } },
      /`tax\.rates\[0\]\.percent` is 119; it must be a percentage from 0 to 100/,
    ],
    [
      "a misspelt field of a rate",
      { tax: { pricesIncludeTax: true, rates: [{ name: "VAT", percent: 19, country: "DE" } as never] } },
      /`tax\.rates\[0\]` has the unknown field "country"/,
    ],
  ];
  for (const [what, charges, sentence] of wrong) {
    it(`refuses ${what} with a sentence that names the argument`, () =>
      expect(() => validate(charges)).to.throw(sentence));
  }

  it("accepts functions for prices and rates, and neither methods nor taxes", () => {
    validate({});
    validate({
      shippingMethods: [{ id: "express", name: "Express", price: () => ({ EUR: 490 }), deliveryDays: [1, 1] } as never],
      tax: { pricesIncludeTax: false, rates: [{ name: "VAT", percent: () => 19, countries: ["DE"] }] },
    });
  });
});
