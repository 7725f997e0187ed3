#!/usr/bin/env bash
# Usage: smoke-test.sh dev|first|second
# Checks through a Region's own addresses that the store works there.
source "$(dirname "$0")/common.sh"

stack=$(stack_of "${1:?The stack is missing. Usage: smoke-test.sh dev|first|second}")
output() { pulumi stack output --stack "$stack" "$1"; }

# Under a domain the APIs admit only requests with CloudFront's secret. curl reads it from standard input, so that no list of
# processes shows it.
edge_secret=$(pulumi config get stayopen:edgeSecrets --stack "$stack" 2>/dev/null | cut -d, -f1 || true)

# expect STATUS METHOD URL. Retries, because DNS names and code are new.
expect() {
  local status='' try
  for try in 1 2 3 4 5 6; do
    status=$(printf '%s\n' "${edge_secret:+x-stayopen-edge: $edge_secret}" | curl --silent --header @- --output /dev/null --max-time 10 --write-out '%{http_code}' --request "$2" "$3" || true)
    if [ "$status" = "$1" ]; then
      say "$2 $3 returned $status"
      return
    fi
    [ "$try" = 6 ] || sleep "${SMOKE_PAUSE_SECONDS:-10}"
  done
  say "$2 $3 returned ${status:-nothing} instead of $1, and the release stops here."
  exit 1
}

orders=$(output ordersUrl)
catalogue=$(output catalogueUrl)
expect 200 GET "$(output url)/"
expect 200 GET "$catalogue/api/catalogue/health"
expect 200 GET "$catalogue/api/catalogue/search?size=1"
# Writes and reads this Region's table.
expect 200 GET "$orders/api/orders/health"
# An order requires sign-in.
expect 401 POST "$orders/api/orders"
