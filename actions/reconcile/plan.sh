#!/usr/bin/env bash
# Plans a repair and leaves the plan as a file, to be reviewed and carried out by another job. Nothing is changed.
set -euo pipefail

here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=actions/drift/report.sh
source "$here/../drift/report.sh"

mkdir -p "$FOLDER"
plan="$FOLDER/repair.json"
options=(--plan-out "$plan" --output "markdown=$FOLDER/repair.md" --output text)
[ -z "$CONFIG" ] || options+=(--config "$CONFIG")
[ "$TAGS" != true ] || options+=(--tags)
while IFS= read -r option; do options+=("$option"); done < <(lines "$ARGUMENTS")
paths=()
while IFS= read -r path; do paths+=("$path"); done < <(lines "$INPUTS")

rm -f "$plan" "$FOLDER/repair.md"
if [ -n "$COMMAND" ] && [ ${#paths[@]} -eq 0 ]; then
  # States hold secrets: nobody else can read the file, and it is never in the folder that is kept.
  input=$(mktemp)
  trap 'rm -f "$input"' EXIT
  attend bash -eo pipefail -c "$COMMAND" > "$input"
  if [ "$code" -ne 0 ]; then
    echo "::error title=Input failed::The command of the input ended with $code. Nothing was planned."
    code=1
  else
    attend ecs-drift reconcile - "${options[@]}" < "$input"
  fi
else
  attend ecs-drift reconcile ${paths[@]+"${paths[@]}"} "${options[@]}"
fi

repairs=false
if [ -s "$plan" ]; then
  say plan "$plan"
  # Each repair has an action, at the depth of the plan's entries.
  ! grep -q '^      "action": ' "$plan" || repairs=true
fi
say repairs "$repairs"
say exit-code "$code"
[ ! -s "$FOLDER/repair.md" ] || cat "$FOLDER/repair.md" >> "$GITHUB_STEP_SUMMARY"
