#!/bin/sh
# The plain way to start anything: each line of input is a shell command line.
while read -r line; do
  eval "$line" </dev/null >/dev/null 2>&1 &
done
wait
