// Ends the process with one sentence when its Node.js is older than package.json's `engines` allow.
// CommonJS and old syntax, because this must load on every Node.js: node local/setup/requireNode.js
"use strict";

const { existsSync } = require("node:fs");
const { join } = require("node:path");
const { engines } = require("../../package.json");

const wanted = Number(/\d+/.exec(engines.node)[0]);
const ownNode = join(__dirname, "..", "..", "node_modules", "node", "bin", "node");

/** True for the Node.js of the npm package `node`, which npm puts first on the path of scripts. */
const isOwnNodeInstalled = () => existsSync(ownNode);

/** Error message for a Node.js that is too old, or `undefined`. */
function complaint(version = process.versions.node) {
  if (Number(version.split(".")[0]) >= wanted) return undefined;
  const remedy = isOwnNodeInstalled()
    ? "Run the command through npm or npx, which use the newer one in node_modules/.bin"
    : 'Install it, or run "npm rebuild node", which fetches it into node_modules';
  return `Node.js ${version} is too old: Node.js ${wanted} or later is needed. ${remedy}.`;
}

function requireNode() {
  const sentence = complaint();
  if (sentence === undefined) return;
  console.error(sentence);
  process.exit(1);
}

module.exports = { complaint, isOwnNodeInstalled, requireNode };

if (require.main === module) requireNode();
