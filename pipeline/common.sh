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

# In the pipeline a stage works under the role of its environment, in another account. As a profile, because the session of a role
# that a role assumes ends after an hour, and a bake may take four: SDKs and CLI renew it.
if [ -n "${STAGE_ROLE_ARN:-}" ]; then
  export AWS_PROFILE=stage AWS_CONFIG_FILE=$PWD/.stayopen/stage-aws-config
  mkdir -p .stayopen
  printf '[profile stage]\nrole_arn = %s\ncredential_source = EcsContainer\nrole_session_name = release\n' "$STAGE_ROLE_ARN" > "$AWS_CONFIG_FILE"
fi

say() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"; }
