#!/usr/bin/env bash
# What every stage needs on a fresh machine: the locked packages (Node among them) and the Pulumi CLI that fits them.
source "$(dirname "$0")/common.sh"

npm ci --no-audit --no-fund
if ! command -v pulumi > /dev/null; then
  version=$(node -p 'require("./package.json").dependencies["@pulumi/pulumi"]')
  say "Installing the Pulumi CLI $version"
  curl --fail --silent --show-error --location --retry 3 --max-time 120 https://get.pulumi.com | sh -s -- --version "$version" --no-edit-path
  ln -sf "$HOME"/.pulumi/bin/* /usr/local/bin/
fi
pulumi version
