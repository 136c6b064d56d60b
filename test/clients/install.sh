#!/usr/bin/env bash
# Installs the FTP clients that the tests beside this file drive, on Debian and its relatives. To be run as root.
set -euo pipefail

packages=(curl lftp ncftp tnftp inetutils-ftp wget rclone python3 openssl)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null || true)
  [[ $status == 'install ok installed' ]] || missing+=("$package")
done

if ((${#missing[@]} == 0)); then
  echo "all clients are installed: ${packages[*]}"
  exit 0
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install --yes --no-install-recommends "${missing[@]}"
