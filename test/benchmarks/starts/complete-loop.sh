#!/bin/sh
# The plain way to run anything to its end: each line of input is a shell command line; a line of output tells that it has ended.
while read -r line; do
  eval "$line" </dev/null >/dev/null 2>&1
  echo ended
done
