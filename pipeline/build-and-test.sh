#!/usr/bin/env bash
# Runs lint, type check and all tests, and builds the storefront for all Regions. Needs no AWS permissions.
source "$(dirname "$0")/common.sh"

npm ci --no-audit --no-fund
npm test
npm run build:web
