#!/usr/bin/env bash
# Usage: up.sh dev|first|second
# Updates one stack to the release.
source "$(dirname "$0")/common.sh"

stack=$(stack_of "${1:?The stack is missing. Usage: up.sh dev|first|second}")
say "Update of $stack"
pulumi up --stack "$stack" --policy-pack policies --yes --skip-preview --non-interactive
