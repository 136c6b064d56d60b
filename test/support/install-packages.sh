#!/usr/bin/env bash
# Installs packages of Debian and its relatives that are not there. To be run as root.
# usage: install-packages.sh WHAT PACKAGE...
set -euo pipefail

what=$1
shift

missing=()
for package in "$@"; do
  status=$(dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null || true)
  [[ $status == 'install ok installed' ]] || missing+=("$package")
done

if ((${#missing[@]} == 0)); then
  echo "$what: $*"
  exit 0
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install --yes --no-install-recommends "${missing[@]}"
