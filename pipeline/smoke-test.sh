#!/usr/bin/env bash
# Asks a Region's own addresses whether the store is open there: smoke-test.sh dev|first|second
source "$(dirname "$0")/common.sh"

stack=$(stack_of "${1:?Which stack? smoke-test.sh dev|first|second}")
output() { pulumi stack output --stack "$stack" "$1"; }

# Names and code are minutes old: a first failure says little. expect STATUS METHOD ADDRESS
expect() {
  local status='' try
  for try in 1 2 3 4 5 6; do
    status=$(curl --silent --output /dev/null --max-time 10 --write-out '%{http_code}' --request "$2" "$3" || true)
    if [ "$status" = "$1" ]; then
      say "$2 $3 answers $status"
      return
    fi
    [ "$try" = 6 ] || sleep "${SMOKE_PAUSE_SECONDS:-10}"
  done
  say "$2 $3 answers ${status:-nothing} instead of $1: the release stops here."
  exit 1
}

orders=$(output ordersUrl)
catalogue=$(output catalogueUrl)
expect 200 GET "$(output url)/"
expect 200 GET "$catalogue/api/catalogue/health"
expect 200 GET "$catalogue/api/catalogue/search?size=1"
# Writes and reads this Region's own table.
expect 200 GET "$orders/api/orders/health"
# Nobody orders without signing in.
expect 401 POST "$orders/api/orders"
