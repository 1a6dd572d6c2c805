#!/usr/bin/env bash
# Builds Tare from the checkout that this file is in, and installs the system packages that runs need.
set -euo pipefail
source "$(dirname "$0")/tare.sh"

node "$steps/../../bench/bootstrap.mjs" build
tare doctor --fix
