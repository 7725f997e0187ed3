#!/usr/bin/env bash
# Previews what the release would change in an environment, under the policy pack; for production also which Region goes first:
# preview.sh development|production
source "$(dirname "$0")/common.sh"

environment=${1:?Which environment? preview.sh development|production}
case "$environment" in
  development) stacks="dev" ;;
  production) stacks="prod-east prod-west" ;;
  *) echo "preview.sh development|production" >&2; exit 1 ;;
esac
mkdir -p pipeline/previews
for stack in $stacks; do
  say "Preview of $stack"
  # The primary's outputs that the secondary reads are those of the last release: what is shared goes by itself.
  pulumi preview --stack "$stack" --policy-pack policies --non-interactive --json > "pipeline/previews/$stack.json" || {
    # Once more for people: what the policy pack objects to is not in the JSON.
    pulumi preview --stack "$stack" --policy-pack policies --non-interactive || true
    say "The preview of $stack failed: the release stops here."
    exit 1
  }
done
[ "$environment" = development ] || node -r ./local/loadTypeScript.js pipeline/release.ts plan pipeline/previews "$RELEASE"
