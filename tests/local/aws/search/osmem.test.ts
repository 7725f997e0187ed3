import { searchContract, synonymContract } from "./contract";

describe("search on osmem", () => {
  searchContract("osmem", 20_000);
  synonymContract("osmem");
});
