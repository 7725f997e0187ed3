#!/usr/bin/env bash
# Types, lint, every test on this machine, and the storefront that all Regions publish. Needs no right on AWS.
source "$(dirname "$0")/common.sh"

npm ci --no-audit --no-fund
npm test
npm run build:web
