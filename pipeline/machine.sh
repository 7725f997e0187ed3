#!/usr/bin/env bash
# What a bare Debian lacks: machine.sh test|deploy
set -euo pipefail
case "${1:?What for? machine.sh test|deploy}" in
  test) packages="openjdk-17-jdk-headless maven python3-venv" ;;
  deploy) packages="awscli" ;;
  *) echo "machine.sh test|deploy" >&2; exit 1 ;;
esac
apt-get update
# shellcheck disable=SC2086 # Names of packages are words.
DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $packages
