#!/usr/bin/env bash
# Scans, and leaves the report in every form that the steps after it need. The exit code is an output: a later step decides
# by it, so that the summary, the notices and the artifact are there whatever the scan says.
set -euo pipefail

here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=actions/drift/report.sh
source "$here/report.sh"

mkdir -p "$FOLDER"
arguments=(--output github --output "json=$FOLDER/drift.json" --output "step-summary=$FOLDER/summary.md")
[ -z "$CONFIG" ] || arguments+=(--config "$CONFIG")
[ "$TAGS" != true ] || arguments+=(--tags)
[ "$WHO" != true ] || arguments+=(--who)
[ "$SARIF" != true ] || arguments+=(--output "sarif=$FOLDER/drift.sarif")
[ -z "$ONLY_NEW" ] || arguments+=(--only-new "$ONLY_NEW")
while IFS= read -r argument; do arguments+=("$argument"); done < <(lines "$ARGUMENTS")
inputs=()
while IFS= read -r input; do inputs+=("$input"); done < <(lines "$INPUTS")

# A report of an earlier run in this folder must not pass for one of this run.
rm -f "$FOLDER/drift.json" "$FOLDER/summary.md" "$FOLDER/drift.sarif"
code=0
if [ -n "$COMMAND" ] && [ ${#inputs[@]} -eq 0 ]; then
  bash -eo pipefail -c "$COMMAND" > "$FOLDER/input" || code=$?
  if [ "$code" -ne 0 ]; then
    echo "::error title=Input failed::The command of the input ended with $code. Nothing was scanned."
    code=1
  else
    ecs-drift scan - "${arguments[@]}" < "$FOLDER/input" || code=$?
  fi
  # States hold secrets.
  rm -f "$FOLDER/input"
else
  ecs-drift scan ${inputs[@]+"${inputs[@]}"} "${arguments[@]}" || code=$?
fi

say exit-code "$code"
report="$FOLDER/drift.json"
if [ -s "$report" ]; then
  say report "$report"
  say complete "$(member "$report" complete)"
  say findings "$(count "$report" findings)"
  say daemons "$(count "$report" daemons)"
  say drifted "$(count "$report" drifted verdicts)"
  say unread "$(count "$report" unread verdicts)"
else
  say complete false
fi
[ "$code" -ne 2 ] && say drift false || say drift true
[ ! -s "$FOLDER/drift.sarif" ] || say sarif "$FOLDER/drift.sarif"
[ ! -s "$FOLDER/summary.md" ] || cat "$FOLDER/summary.md" >> "$GITHUB_STEP_SUMMARY"
