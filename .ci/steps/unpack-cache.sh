#!/usr/bin/env bash
# Unpacks the archive that pack-cache.sh made into $TARE_CACHE_DIR; without an archive it does nothing.
set -euo pipefail
source "$(dirname "$0")/tare.sh"

[ -f "$1" ] || exit 0
as_root mkdir -p "$TARE_CACHE_DIR"
as_root tar --zstd --xattrs '--xattrs-include=*' --numeric-owner -xpf "$1" -C "$TARE_CACHE_DIR"
