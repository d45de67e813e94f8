#!/usr/bin/env bash
# Lists the project's shell scripts: by their name, or by their first line.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
find dev .ci backend pdns-config tests -type f -not -name '*.md' -exec \
  awk 'FNR == 1 { if (/^#!.*[\/ ](ba|da)?sh( |$)/ || FILENAME ~ /\.sh$/) print FILENAME; nextfile }' {} + | sort
