#!/usr/bin/env bash
# Usage: preview.sh development|production
# Previews the release's changes to an environment under the policy pack. For production it also decides which Region goes first.
source "$(dirname "$0")/common.sh"

environment=${1:?The environment is missing. Usage: preview.sh development|production}
case "$environment" in
  development) stacks="dev" ;;
  production) stacks="prod-east prod-west" ;;
  *) echo "\"$environment\" is no environment. Usage: preview.sh development|production" >&2; exit 1 ;;
esac
mkdir -p pipeline/previews
for stack in $stacks; do
  say "Preview of $stack"
  # The secondary's preview reads the primary's outputs of the last release: shared changes are released separately.
  pulumi preview --stack "$stack" --policy-pack policies --non-interactive --json > "pipeline/previews/$stack.json" || {
    # Again as text, because the JSON does not contain policy violations.
    pulumi preview --stack "$stack" --policy-pack policies --non-interactive || true
    say "The preview of $stack failed, and the release stops here."
    exit 1
  }
done
[ "$environment" = development ] || node -r ./local/loadTypeScript.js pipeline/release.ts plan pipeline/previews "$RELEASE"
