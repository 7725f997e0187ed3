import { AdminDeleteUserCommand, ListUsersCommand } from "@aws-sdk/client-cognito-identity-provider";
import { DeleteCommand, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { CustomerDirectory } from "../../../../../components/authLayer/handlers/customerDirectory";
import { eraseAccounts } from "../../../../../components/orderService/handlers/erasure/accounts";
import type { RegionData } from "../../../../../components/orderService/handlers/erasure/regionData";
import { DIRECTORY_INDEXES } from "../../../../../domain/auth";
import { FakeTable, fakeHash } from "../../../../kit/authFakes";

describe("eraseAccounts", () => {
  it("deletes the customer's account in a Region that knows them from the other one only, and no other account", async () => {
    const table = new FakeTable(["person", "region"]);
    const directory = new CustomerDirectory(table.client, "customers", fakeHash);
    const of = (region: string, sub: string, email: string) =>
      directory.customerOf(email, { region, sub, verified: true });
    expect(await of("east", "a", "ada@example.com")).to.equal("a");
    expect(await of("west", "b", "ada@example.com")).to.equal("a");
    await of("west", "c", "carl@example.com");

    const deleted: string[] = [];
    const queried: string[] = [];
    // The index may still have an entry of an address that another customer has taken.
    const stale = [{ person: await directory.person("carl@example.com") }];
    const clients = {
      region: "west",
      data: { accounts: { userPoolId: "west_1", directory: "customers" } },
      tables: {
        send: async (command: { input: object }) => {
          if (command instanceof DeleteCommand) {
            const { person, region } = command.input.Key ?? {};
            for (const [key, item] of table.items)
              if (item["person"] === person && item["region"] === region) table.items.delete(key);
            return {};
          }
          if (command instanceof GetCommand) return table.client.send(command);
          if (!(command instanceof QueryCommand)) throw new Error("not expected");
          const { IndexName, ExpressionAttributeValues: values = {} } = command.input;
          queried.push(String(IndexName));
          const { hashKey } = DIRECTORY_INDEXES.find(({ name }) => name === IndexName)!;
          const entries = stale.filter(() => IndexName === "byCustomer");
          for (const item of table.items.values())
            if (item[hashKey] === values[":customerId"] && item["region"] === values[":region"])
              entries.push({ person: String(item["person"]) });
          return { Items: entries };
        },
      },
      pool: {
        send: async (command: { input: object }) => {
          if (command instanceof ListUsersCommand)
            return { Users: [{ Username: /"(.*)"/.exec(command.input.Filter ?? "")?.[1] }] };
          if (!(command instanceof AdminDeleteUserCommand)) throw new Error("not expected");
          deleted.push(String(command.input.Username));
          return {};
        },
      },
    } as unknown as RegionData;

    expect(await eraseAccounts(clients, "a")).to.equal(1);
    expect(queried).to.deep.equal(["byCustomer", "byUser"]);
    expect(deleted).to.deep.equal(["b"]);
    const left = [...table.items.values()].filter(({ region }) => region === "west").map(({ person }) => person);
    expect(left).to.have.members(["account#c", await directory.person("carl@example.com")]);
  });
});
