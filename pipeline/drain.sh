#!/usr/bin/env bash
# Usage: drain.sh STACK
# Takes a stack's Region out of traffic, through the data plane only.
source "$(dirname "$0")/common.sh"

stack=${1:?The stack is missing. Usage: drain.sh STACK}
region=$(pulumi config get aws:region --stack "$stack")
npm run --silent region -- drain "$region" --stack "$stack" --by release
say "To return $region to traffic once it has recovered: npm run region -- undrain $region --stack $stack --by release"
