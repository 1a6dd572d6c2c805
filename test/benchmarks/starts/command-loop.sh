#!/bin/sh
# The plain way to start anything: each line of input starts the command line that this script has as its arguments.
while read -r _; do
  "$@" </dev/null >/dev/null 2>&1 &
done
wait
