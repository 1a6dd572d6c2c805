#!/usr/bin/env bash
# Says what the payload of $INPUT_SCENARIO is made from, as `key=…` for $GITHUB_OUTPUT: all that is committed in the
# scenario's folder. A built-in scenario has its name.
set -euo pipefail

if [ -f "$INPUT_SCENARIO" ]; then
  folder=$(dirname "$INPUT_SCENARIO")
  key=$(git -C "$folder" rev-parse "HEAD:./")
else
  key=$INPUT_SCENARIO
fi
echo "key=$key" >>"$GITHUB_OUTPUT"
