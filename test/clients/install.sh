#!/usr/bin/env bash
# Installs the FTP clients that the tests beside this file drive, on Debian and its relatives. To be run as root.
set -euo pipefail
"$(dirname "${BASH_SOURCE[0]}")/../support/install-packages.sh" 'all clients are installed' \
  curl lftp ncftp tnftp inetutils-ftp wget rclone python3 openssl
