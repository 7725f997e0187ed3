import { searchContract } from "./contract";

describe("search on osmem", () => {
  searchContract("osmem", 20_000);
});
