#!/bin/sh
# Runs batches of `ip` commands, each in a network namespace, then becomes the program that follows: one program to start for
# the harness instead of several.
# usage: ip.sh [NAMESPACE COMMANDS]... -- PROGRAM [ARGUMENT...]
set -eu
while [ "$1" != -- ]; do
  nsenter "--net=/run/netns/$1" ip -batch - <<COMMANDS
$2
COMMANDS
  shift 2
done
shift
exec "$@"
