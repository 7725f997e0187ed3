#!/usr/bin/env bash
# Takes a stack's Region out of traffic, through the data plane alone: drain.sh STACK
source "$(dirname "$0")/common.sh"

stack=${1:?Which stack? drain.sh STACK}
region=$(pulumi config get aws:region --stack "$stack")
npm run --silent region -- drain "$region" --stack "$stack" --by release
say "To bring $region back once it is well: npm run region -- undrain $region --stack $stack --by release"
