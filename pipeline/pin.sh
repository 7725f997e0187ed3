#!/usr/bin/env bash
# Writes the checksums that Pulumi publishes for the CLI version in package.json to pipeline/pulumi.sha256.
# Run it by hand when the version changes, and review the file: prepare.sh installs only archives with these checksums.
source "$(dirname "$0")/common.sh"

version=$(node -p 'require("./package.json").dependencies["@pulumi/pulumi"]')
checksums=$(curl --fail --silent --show-error --location --retry 3 --max-time 60 \
  "https://github.com/pulumi/pulumi/releases/download/v$version/pulumi-$version-checksums.txt")
if ! grep "  pulumi-v$version-linux-\(x64\|arm64\)\.tar\.gz$" <<< "$checksums" > pipeline/pulumi.sha256; then
  rm -f pipeline/pulumi.sha256
  say "Pulumi $version has no checksums for Linux. Check its release page on GitHub."
  exit 1
fi
cat pipeline/pulumi.sha256
