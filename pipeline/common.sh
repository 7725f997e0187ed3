# Sourced by each script: strict mode, the repository's root as working directory, and shared functions.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Plan of the release, written by preview.sh and passed from stage to stage in the artifact.
RELEASE=pipeline/release.json

# Prints the stack's name: `first` and `second` are the production stacks in this release's order, other names stay.
stack_of() {
  case "$1" in
    first | second) node -r ./local/loadTypeScript.js pipeline/release.ts stack "$1" "$RELEASE" ;;
    *) echo "$1" ;;
  esac
}

# In the pipeline a stage assumes the role of its environment, in another account. It uses a profile, because the session of a role
# assumed by a role ends after an hour and a bake may take four: SDKs and CLI renew the session of a profile.
if [ -n "${STAGE_ROLE_ARN:-}" ]; then
  export AWS_PROFILE=stage AWS_CONFIG_FILE=$PWD/.stayopen/stage-aws-config
  mkdir -p .stayopen
  printf '[profile stage]\nrole_arn = %s\ncredential_source = EcsContainer\nrole_session_name = release\n' "$STAGE_ROLE_ARN" > "$AWS_CONFIG_FILE"
fi

say() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"; }
