#!/usr/bin/env bash
# Brings one stack to the release: up.sh dev|first|second
source "$(dirname "$0")/common.sh"

stack=$(stack_of "${1:?Which stack? up.sh dev|first|second}")
say "Update of $stack"
pulumi up --stack "$stack" --policy-pack policies --yes --skip-preview --non-interactive
