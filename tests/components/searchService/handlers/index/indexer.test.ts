import { type Client, errors } from "@opensearch-project/opensearch";
import type { DynamoDBRecord } from "aws-lambda";
import { expect } from "chai";
import { createIndexer } from "../../../../../components/searchService/handlers/index/indexer";
import type { ProductIndices } from "../../../../../components/searchService/handlers/index/productIndices";
import { KeptLetters, product, record, silent, written } from "../../../../kit/searchFakes";

type BulkAnswer = (productId: string, index: string) => { status: number; error?: { type: string; reason: string } };

/** Creates an indexer with an engine that answers each document as given, and records the documents. */
function indexerWith(answer: BulkAnswer = () => ({ status: 201 }), targets = ["products-first"]) {
  const letters = new KeptLetters();
  const sent: { index: string; productId: string; version: number }[] = [];
  const state = { requestFails: undefined as Error | undefined, requests: 0 };
  const transport = {
    request: async ({ bulkBody }: { bulkBody: string[] }) => {
      state.requests++;
      if (state.requestFails) throw state.requestFails;
      const items = bulkBody
        .filter((_, line) => line % 2 === 0)
        .map((line) => JSON.parse(line).index)
        .map(({ _index: index, _id: productId, version }) => {
          sent.push({ index, productId, version });
          return { index: { _id: productId, ...answer(productId, index) } };
        });
      return { body: { items } };
    },
  };
  const indices = { writeTargets: async () => targets } as unknown as ProductIndices;
  const counted: Record<string, number>[] = [];
  const index = createIndexer({
    client: { transport } as unknown as Client,
    indices,
    deadLetters: letters,
    log: silent,
    count: (counts) => counted.push(counts),
  });
  return { index, letters, sent, state, counted };
}

const sequenceOf = (one: DynamoDBRecord | undefined) => one?.dynamodb?.SequenceNumber;
const rejected = { status: 400, error: { type: "mapper_parsing_exception", reason: "no such number" } };
const busy = { status: 429, error: { type: "rejected_execution_exception", reason: "queue full" } };

describe("createIndexer", () => {
  it("writes the newest version of each product of a batch to every target index", async () => {
    const { index, sent, counted } = indexerWith(undefined, ["products-first", "products-next"]);
    const event = written(
      product("a", { version: 1 }),
      product("b"),
      product("a", { version: 3 }),
      product("a", { version: 2 }),
    );
    expect(await index(event)).to.deep.equal({ batchItemFailures: [] });
    expect(sent).to.have.deep.members(
      ["products-first", "products-next"].flatMap((name) => [
        { index: name, productId: "a", version: 3 },
        { index: name, productId: "b", version: 1 },
      ]),
    );
    expect(counted).to.deep.equal([{ indexed: 4, deadLetters: 0, postponed: 0 }]);
  });

  it("succeeds if the index has the version or a newer one", async () => {
    const { index, letters } = indexerWith(() => ({ status: 409, error: { type: "version_conflict", reason: "" } }));
    expect(await index(written(product("a")))).to.deep.equal({ batchItemFailures: [] });
    expect(letters.letters).to.deep.equal([]);
  });

  it("sends a refused document to the dead-letter queue, and continues", async () => {
    const { index, letters } = indexerWith((productId) => (productId === "b" ? rejected : { status: 201 }));
    const event = written(product("a"), product("b", { version: 4 }), product("c"));
    expect(await index(event)).to.deep.equal({ batchItemFailures: [] });
    expect(letters.letters).to.have.length(1);
    expect(letters.letters[0]).to.deep.include({
      productId: "b",
      version: 4,
      reason: "mapper_parsing_exception: no such number",
      source: { sequenceNumber: sequenceOf(event.Records[1]), streamArn: event.Records[1]?.eventSourceARN },
    });
  });

  it("returns the batch from the first product that the engine postponed", async () => {
    const { index, letters } = indexerWith((productId) => (productId === "c" ? busy : { status: 201 }));
    const event = written(product("a"), product("b"), product("c"), product("d"));
    expect(await index(event)).to.deep.equal({ batchItemFailures: [{ itemIdentifier: sequenceOf(event.Records[2]) }] });
    expect(letters.letters).to.deep.equal([]);
  });

  it("reports a poison record once although the batch is repeated", async () => {
    const { index, letters, counted } = indexerWith((productId) => (productId === "b" ? busy : { status: 201 }));
    const event = {
      Records: [
        record("INSERT", { productId: "x" }),
        ...written(product("b")).Records,
        record("INSERT", { productId: "y" }),
      ],
    };
    expect(await index(event)).to.deep.equal({ batchItemFailures: [{ itemIdentifier: sequenceOf(event.Records[1]) }] });
    expect(letters.letters.map(({ productId }) => productId)).to.deep.equal(["x"]);
    expect(counted).to.deep.equal([{ indexed: 0, deadLetters: 1, postponed: 2 }]);
  });

  it("returns the whole batch after three attempts without the engine", async function () {
    this.timeout(120_000);
    const { index, letters, state } = indexerWith();
    state.requestFails = new errors.ConnectionError("refused");
    const event = written(product("a"), product("b"));
    expect(await index(event)).to.deep.equal({ batchItemFailures: [{ itemIdentifier: sequenceOf(event.Records[0]) }] });
    expect(state.requests).to.equal(3);
    expect(letters.letters).to.deep.equal([]);
  });

  it("treats a missing permission as transient", async () => {
    const { index, letters } = indexerWith();
    const answer = { body: { Message: "not authorized" }, statusCode: 403, headers: {}, warnings: null, meta: {} };
    const broken = indexerWith();
    broken.state.requestFails = new errors.ResponseError(
      answer as ConstructorParameters<typeof errors.ResponseError>[0],
    );
    const event = written(product("a"));
    expect(await broken.index(event)).to.deep.equal({
      batchItemFailures: [{ itemIdentifier: sequenceOf(event.Records[0]) }],
    });
    expect(broken.letters.letters).to.deep.equal([]);
    expect(await index(event)).to.deep.equal({ batchItemFailures: [] });
    expect(letters.letters).to.deep.equal([]);
  });

  it("treats a full domain, which answers 403 for each document, as transient", async () => {
    const blocked = {
      status: 403,
      error: {
        type: "cluster_block_exception",
        reason: "index [products-first] blocked by: [FORBIDDEN/8/index write (api)];",
      },
    };
    const { index, letters } = indexerWith(() => blocked);
    const event = written(product("a"), product("b"));
    expect(await index(event)).to.deep.equal({
      batchItemFailures: [{ itemIdentifier: sequenceOf(event.Records[0]) }],
    });
    expect(letters.letters).to.deep.equal([]);
  });

  it("returns a poison record if the dead-letter queue fails", async () => {
    const { index, letters } = indexerWith();
    letters.failure = new Error("the queue is away");
    const event = { Records: [...written(product("a")).Records, record("INSERT", { productId: "x" })] };
    expect(await index(event)).to.deep.equal({ batchItemFailures: [{ itemIdentifier: sequenceOf(event.Records[1]) }] });
  });

  it("treats an empty record as poison", async () => {
    const { index, letters } = indexerWith();
    const nothing: DynamoDBRecord = {
      eventName: "MODIFY",
      dynamodb: { SequenceNumber: "1", Keys: { productId: { S: "n" } } },
    };
    expect(await index({ Records: [nothing, ...written(product("a")).Records] })).to.deep.equal({
      batchItemFailures: [],
    });
    expect(letters.letters.map(({ productId }) => productId)).to.deep.equal(["n"]);
  });

  it("splits large batches into requests that the engine accepts", async () => {
    const { index, state } = indexerWith();
    const description = "x".repeat(4_900);
    await index(written(...Array.from({ length: 1_200 }, (_, n) => product(`p${n}`, { description }))));
    expect(state.requests).to.equal(3);
  });
});
