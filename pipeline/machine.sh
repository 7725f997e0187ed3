#!/usr/bin/env bash
# Usage: machine.sh test|deploy
# Installs the packages that a plain Debian image lacks.
set -euo pipefail
case "${1:?The purpose is missing. Usage: machine.sh test|deploy}" in
  test) packages="openjdk-17-jdk-headless maven python3-venv" ;;
  deploy) packages="awscli" ;;
  *) echo "\"$1\" is no purpose. Usage: machine.sh test|deploy" >&2; exit 1 ;;
esac
apt-get update
# shellcheck disable=SC2086 # Package names have no spaces.
DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $packages
