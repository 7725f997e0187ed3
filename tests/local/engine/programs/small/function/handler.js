"use strict";

const { request } = require("node:http");
const { createHash, createHmac } = require("node:crypto");

// Without a bundled SDK, so that the test program needs no build: one signed call to DynamoDB.
function call(action, body) {
  const endpoint = new URL(process.env.AWS_ENDPOINT_URL);
  const payload = JSON.stringify(body);
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = `${date.slice(0, 8)}/${process.env.AWS_REGION}/dynamodb/aws4_request`;
  const headers = {
    "content-type": "application/x-amz-json-1.0",
    host: endpoint.host,
    "x-amz-date": date,
    "x-amz-security-token": process.env.AWS_SESSION_TOKEN,
    "x-amz-target": `DynamoDB_20120810.${action}`,
  };
  const names = Object.keys(headers).sort();
  const hash = (text) => createHash("sha256").update(text).digest("hex");
  const canonical = [
    "POST",
    "/",
    "",
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    hash(payload),
  ].join("\n");
  let key = `AWS4${process.env.AWS_SECRET_ACCESS_KEY}`;
  for (const part of scope.split("/")) key = createHmac("sha256", key).update(part).digest();
  const signature = createHmac("sha256", key)
    .update(["AWS4-HMAC-SHA256", date, scope, hash(canonical)].join("\n"))
    .digest("hex");
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${process.env.AWS_ACCESS_KEY_ID}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return new Promise((resolve, reject) => {
    const sent = request(endpoint, { method: "POST", headers }, (response) => {
      let answer = "";
      response.on("data", (data) => {
        answer += data;
      });
      response.on("end", () => resolve({ status: response.statusCode, answer: JSON.parse(answer) }));
    });
    sent.on("error", reject);
    sent.end(payload);
  });
}

class NoteRefused extends Error {
  name = "NoteRefused";
}

let calls = 0;

exports.handler = async (event) => {
  calls++;
  if (event.refuse) throw new NoteRefused("This note is refused.");
  if (event.environment) return { calls, environment: process.env[event.environment] ?? null };
  const id = event.pathParameters?.id ?? event.id;
  const put = await call("PutItem", { TableName: process.env.TABLE, Item: { id: { S: id } } });
  const get = await call("GetItem", { TableName: process.env.TABLE, Key: { id: { S: id } } });
  return {
    statusCode: put.status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      id,
      greeting: process.env.GREETING,
      calls,
      put: put.status,
      get: get.answer.__type ?? get.status,
    }),
  };
};
