#!/usr/bin/env bash
# Installs what every stage needs on a fresh machine: the locked packages and the matching Pulumi CLI.
source "$(dirname "$0")/common.sh"

npm ci --no-audit --no-fund
if ! command -v pulumi > /dev/null; then
  version=$(node -p 'require("./package.json").dependencies["@pulumi/pulumi"]')
  case "$(uname -m)" in
    x86_64) archive=pulumi-v$version-linux-x64.tar.gz ;;
    aarch64 | arm64) archive=pulumi-v$version-linux-arm64.tar.gz ;;
    *) say "Pulumi has no CLI for $(uname -m). Use an x86_64 or arm64 machine."; exit 1 ;;
  esac
  # Checked against reviewed checksums, so that the download server cannot decide what deploys.
  if ! grep -q "^[0-9a-f]\{64\}  $archive$" pipeline/pulumi.sha256 2> /dev/null; then
    say "pipeline/pulumi.sha256 has no checksum of $archive. Run bash pipeline/pin.sh, review the file and commit it."
    exit 1
  fi
  say "Installing the Pulumi CLI $version"
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  curl --fail --silent --show-error --location --retry 3 --max-time 120 --output "$folder/$archive" "https://get.pulumi.com/releases/sdk/$archive"
  if ! grep "  $archive$" pipeline/pulumi.sha256 | (cd "$folder" && sha256sum --check --strict --quiet); then
    say "$archive does not have the checksum of pipeline/pulumi.sha256 and is not installed. Run bash pipeline/pin.sh and review the change."
    exit 1
  fi
  tar --extract --gzip --file "$folder/$archive" --directory "$folder"
  install "$folder"/pulumi/* "${PULUMI_BIN:-/usr/local/bin}"
fi
pulumi version
