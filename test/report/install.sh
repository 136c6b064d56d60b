#!/usr/bin/env bash
# Installs the browser in which the tests beside this file open the report, on Debian and its relatives. To be run as root.
set -euo pipefail

packages=(chromium)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null || true)
  [[ $status == 'install ok installed' ]] || missing+=("$package")
done

if ((${#missing[@]} == 0)); then
  echo "the browser is installed: ${packages[*]}"
  exit 0
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install --yes --no-install-recommends "${missing[@]}"
