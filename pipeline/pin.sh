#!/usr/bin/env bash
# Writes the checksums of the Pulumi CLI of package.json, as Pulumi publishes them with the release, to pipeline/pulumi.sha256.
# Run it by hand when the version changes, and review what it wrote: prepare.sh installs no other file.
source "$(dirname "$0")/common.sh"

version=$(node -p 'require("./package.json").dependencies["@pulumi/pulumi"]')
checksums=$(curl --fail --silent --show-error --location --retry 3 --max-time 60 \
  "https://github.com/pulumi/pulumi/releases/download/v$version/pulumi-$version-checksums.txt")
if ! grep "  pulumi-v$version-linux-\(x64\|arm64\)\.tar\.gz$" <<< "$checksums" > pipeline/pulumi.sha256; then
  rm -f pipeline/pulumi.sha256
  say "Pulumi's release $version publishes no checksums for Linux: look at its release page."
  exit 1
fi
cat pipeline/pulumi.sha256
