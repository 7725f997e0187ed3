import { searchContract } from "./contract";

describe("search on OpenSearch 2.19", () => {
  searchContract("opensearch", 120_000);
});
