import "../../disablePromiseTraces";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";

/**
 * Expects the constructor to refuse its arguments before it registers any resource, with one sentence that names
 * component and argument.
 */
export async function expectRefusal(component: string, create: () => unknown, sentence: RegExp): Promise<void> {
  const registered: string[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      registered.push(type);
      return { id: name, state: inputs };
    },
    call: () => ({}),
  });
  expect(create)
    .to.throw(pulumi.RunError)
    .with.property("message")
    .that.matches(sentence)
    .and.matches(new RegExp(`^${component} "[^"]+": \`.+\\.$`));
  await new Promise((resolve) => setImmediate(resolve));
  expect(registered).to.deep.equal([]);
}
