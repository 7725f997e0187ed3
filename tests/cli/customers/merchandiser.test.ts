import { AdminAddUserToGroupCommand, ListUsersCommand } from "@aws-sdk/client-cognito-identity-provider";
import { expect } from "chai";
import { makeMerchandiser } from "../../../cli/customers/merchandiser";
import type { CustomerClients } from "../../../cli/customers/places";

/** A Region whose pool has these accounts, by email address. */
function regionWith(region: string, accounts: Record<string, string>, hasPool = true) {
  const added: unknown[] = [];
  const send = async (command: unknown) => {
    if (command instanceof ListUsersCommand) {
      const email = /^email = "(.+)"$/.exec(command.input.Filter ?? "")?.[1] ?? "";
      return { Users: accounts[email] === undefined ? [] : [{ Username: accounts[email] }] };
    }
    if (command instanceof AdminAddUserToGroupCommand) added.push(command.input);
    return {};
  };
  const data = hasPool ? { accounts: { userPoolId: `pool-${region}`, directory: "d" } } : {};
  return { added, clients: { region, data, pool: { send } } as unknown as CustomerClients };
}

describe("makeMerchandiser", () => {
  it("adds the account to the group in each Region that has it", async () => {
    const east = regionWith("us-east-1", { "ada@example.com": "ada" });
    const west = regionWith("us-west-2", {});
    expect(await makeMerchandiser([east.clients, west.clients], "ada@example.com")).to.deep.equal(["us-east-1"]);
    const expected = { UserPoolId: "pool-us-east-1", Username: "ada", GroupName: "merchandisers" };
    expect(east.added).to.deep.equal([expected]);
    expect(west.added).to.deep.equal([]);
  });

  it("refuses an unknown address, one that would change the filter, and a store without a pool", async () => {
    const { added, clients } = regionWith("us-east-1", { "ada@example.com": "ada" });
    const reasonFor = (region: CustomerClients, email: string) => makeMerchandiser([region], email).catch(String);
    expect(await reasonFor(clients, "eve@example.com")).to.include("No account has the email address eve@example.com");
    expect(await reasonFor(clients, 'a" or email = "ada@example.com')).to.include("is no email address");
    expect(await reasonFor(regionWith("us-east-1", {}, false).clients, "ada@example.com")).to.include("issuer");
    expect(added).to.deep.equal([]);
  });
});
