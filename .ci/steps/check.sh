#!/usr/bin/env bash
# Runs $INPUT_SCENARIO and checks it. Ends with the exit code of `tare check`.
#   INPUT_AGAINST                               reference file, or folder of them; empty: tare-references
#   INPUT_SAMPLES, INPUT_BUDGET                 as --samples and --budget, where not empty
#   INPUT_FAIL_ON_INCONCLUSIVE, INPUT_UPDATE    true or false
#   OUT                                         folder for the run, which is called after the commit
#   HISTORY                                     folder that gets each record, for tare history; none without it, and
#                                               where INPUT_HISTORY is false
# Where they are set: $GITHUB_OUTPUT gets the run's folder, $GITHUB_STEP_SUMMARY the report.
set -uo pipefail
source "$(dirname "$0")/tare.sh"

run=$OUT/$(git rev-parse --short HEAD)
while [ -e "$run" ]; do run=$run-again; done
[ -z "${GITHUB_OUTPUT:-}" ] || echo "run=$run" >>"$GITHUB_OUTPUT"

# With the other records, and the trend of all as a page beside the run's reports.
keep_record() {
  if [ -z "${HISTORY:-}" ] || [ "${INPUT_HISTORY:-true}" = false ]; then return 0; fi
  as_root mkdir -p "$HISTORY"
  as_root cp "$run/run.json" "$HISTORY/$(date -u +%Y%m%d-%H%M%S)-$(basename "$run").json"
  tare history --dir "$HISTORY" --reporter terminal --reporter "html=$run/history.html"
}

options=()
[ -z "${INPUT_SAMPLES:-}" ] || options+=(--samples "$INPUT_SAMPLES")
tare run "$INPUT_SCENARIO" --out "$run" "${options[@]}"
code=$?
# 1 and 5 are about gates, which the check judges; 4 is a platform that failed, which the record says.
case $code in 0 | 1 | 4 | 5) ;; *) exit "$code" ;; esac

options=()
if [ -n "${INPUT_AGAINST:-}" ]; then options+=(--against "$INPUT_AGAINST"); fi
if [ "${INPUT_UPDATE:-false}" = true ]; then
  references=${INPUT_AGAINST:-tare-references}
  case $references in *.json) ;; *) as_root mkdir -p "$references" ;; esac
  # With the run, so that it can be had where the workspace is gone.
  tare check "$run" --update "${options[@]}" && as_root cp -r "$references" "$run/" && keep_record
  exit
fi

options+=(--reporter "junit=$run/junit.xml" --reporter "github=$run/annotations.txt")
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || options+=(--reporter "github-summary=$GITHUB_STEP_SUMMARY")
[ -z "${INPUT_BUDGET:-}" ] || options+=(--budget "$INPUT_BUDGET")
[ "${INPUT_FAIL_ON_INCONCLUSIVE:-false}" = false ] || options+=(--fail-on-inconclusive)
tare check "$run" "${options[@]}"
code=$?
keep_record
[ -z "${GITHUB_ACTIONS:-}" ] || [ ! -f "$run/annotations.txt" ] || cat "$run/annotations.txt"
exit "$code"
