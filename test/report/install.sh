#!/usr/bin/env bash
# Installs the browser in which the tests beside this file open the report, on Debian and its relatives. To be run as root.
set -euo pipefail
"$(dirname "${BASH_SOURCE[0]}")/../support/install-packages.sh" 'the browser is installed' chromium
