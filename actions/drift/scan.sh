#!/usr/bin/env bash
# Scans, and leaves the report in every form that the steps after it need. The exit code is an output: a later step decides
# by it, so that the summary, the notices and the artifact are there whatever the scan says.
set -euo pipefail

here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=actions/drift/report.sh
source "$here/report.sh"

mkdir -p "$FOLDER"
options=(--output github --output "json=$FOLDER/drift.json" --output "step-summary=$FOLDER/summary.md")
[ -z "$CONFIG" ] || options+=(--config "$CONFIG")
[ "$TAGS" != true ] || options+=(--tags)
[ "$WHO" != true ] || options+=(--who)
[ "$SARIF" != true ] || options+=(--output "sarif=$FOLDER/drift.sarif")
[ -z "$ONLY_NEW" ] || options+=(--only-new "$ONLY_NEW")
while IFS= read -r option; do options+=("$option"); done < <(lines "$ARGUMENTS")
paths=()
while IFS= read -r path; do paths+=("$path"); done < <(lines "$INPUTS")

# A report of an earlier run in this folder must not pass for one of this run.
rm -f "$FOLDER/drift.json" "$FOLDER/summary.md" "$FOLDER/drift.sarif"
if [ -n "$COMMAND" ] && [ ${#paths[@]} -eq 0 ]; then
  # States hold secrets: nobody else can read the file, and it is never in the folder that is kept.
  input=$(mktemp)
  trap 'rm -f "$input"' EXIT
  attend bash -eo pipefail -c "$COMMAND" > "$input"
  if [ "$code" -ne 0 ]; then
    echo "::error title=Input failed::The command of the input ended with $code. Nothing was scanned."
    code=1
  else
    attend ecs-drift scan - "${options[@]}" < "$input"
  fi
else
  attend ecs-drift scan ${paths[@]+"${paths[@]}"} "${options[@]}"
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
if [ "$code" -eq 2 ]; then say drift true; else say drift false; fi
[ ! -s "$FOLDER/drift.sarif" ] || say sarif "$FOLDER/drift.sarif"
[ ! -s "$FOLDER/summary.md" ] || cat "$FOLDER/summary.md" >> "$GITHUB_STEP_SUMMARY"
