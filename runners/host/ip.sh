#!/bin/sh
# Runs batches of `ip` commands, each in a network namespace: one program to start for the harness instead of several.
# usage: ip.sh NAMESPACE COMMANDS [NAMESPACE COMMANDS]...
set -eu
while [ $# -gt 0 ]; do
  nsenter "--net=/run/netns/$1" ip -batch - <<COMMANDS
$2
COMMANDS
  shift 2
done
