#!/usr/bin/env bash
# Carries out the plan of a file, exactly as it is, and leaves what became of it and the audit.
set -euo pipefail

here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=actions/drift/report.sh
source "$here/../drift/report.sh"

mkdir -p "$FOLDER"
options=(--audit "$FOLDER/audit.ndjson" --output "markdown=$FOLDER/result.md" --output "json=$FOLDER/result.json" --output text)
while IFS= read -r option; do options+=("$option"); done < <(lines "$ARGUMENTS")

rm -f "$FOLDER/result.md" "$FOLDER/result.json"
attend ecs-drift reconcile --apply --plan "$PLAN" "${options[@]}"
say exit-code "$code"
[ ! -s "$FOLDER/result.json" ] || say result "$FOLDER/result.json"
[ ! -s "$FOLDER/audit.ndjson" ] || say audit "$FOLDER/audit.ndjson"
[ ! -s "$FOLDER/result.md" ] || cat "$FOLDER/result.md" >> "$GITHUB_STEP_SUMMARY"
