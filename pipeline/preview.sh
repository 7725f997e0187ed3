#!/usr/bin/env bash
# What the release would change in each stack, held against the policy pack; then which Region goes first.
source "$(dirname "$0")/common.sh"

mkdir -p pipeline/previews
for stack in dev prod-east prod-west; do
  say "Preview of $stack"
  # The primary's outputs that the secondary reads are those of the last release: what is shared goes by itself.
  pulumi preview --stack "$stack" --policy-pack policies --non-interactive --json > "pipeline/previews/$stack.json" || {
    # Once more for people: what the policy pack objects to is not in the JSON.
    pulumi preview --stack "$stack" --policy-pack policies --non-interactive || true
    say "The preview of $stack failed: the release stops here."
    exit 1
  }
done
node -r ./local/loadTypeScript.js pipeline/release.ts plan pipeline/previews "$RELEASE"
