#!/usr/bin/env bash
# Keeps the issue of the estate up to date, and tells chat and webhook where they are wanted.
set -euo pipefail

here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=actions/drift/report.sh
source "$here/report.sh"

arguments=(--estate "$ESTATE" --link "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID")
[ "$ISSUE" != true ] || arguments+=(--github-issue "$GITHUB_REPOSITORY")
[ -z "${SLACK_WEBHOOK_URL:-}" ] || arguments+=(--slack-webhook)
while IFS= read -r label; do arguments+=(--label "$label"); done < <(lines "$LABELS")
ecs-drift notify "$REPORT" "${arguments[@]}"
