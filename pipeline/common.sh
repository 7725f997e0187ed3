# Read by each script: strict mode, the repository's root, which stack is meant, one place for what a release leaves behind.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# What preview.sh found out goes from stage to stage as an artifact.
RELEASE=pipeline/release.json

# `dev` is dev; `first` and `second` are the production stacks in this release's order.
stack_of() {
  case "$1" in
    first | second) node -r ./local/loadTypeScript.js pipeline/release.ts stack "$1" "$RELEASE" ;;
    *) echo "$1" ;;
  esac
}

say() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"; }
