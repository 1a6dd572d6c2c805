#!/bin/sh
# Mounts an instance's layer, then becomes its start command. Runs in the instance's own mount namespace.
# usage: mount-layer.sh OPTIONS FOLDER PROGRAM [ARGUMENT...]
set -eu
mount -t overlay -o "$1" overlay "$2"
shift 2
exec "$@"
