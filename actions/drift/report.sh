# shellcheck shell=bash
# Values of what ecs-drift has written in JSON, for the scripts that source this file. The program writes each member on a
# line of its own, and a text of others cannot hold a line break, so that no line can be forged.

# A member of the document.
member() { # FILE NAME
  sed -n "s/^  \"$2\": \([^,]*\),\{0,1\}\$/\1/p" "$1" | head -n 1
}

# A member of the counts, or of one of their groups: 0 unless it is there.
count() { # FILE NAME [GROUP]
  awk -v name="\"$2\":" -v group="${3:+\"$3\": {}" '
    /^  "summary": \{$/ { inside = 1; next }
    inside && /^  \}/ { exit }
    inside && /^    "/ { current = ($0 ~ /\{$/) ? $1 " {" : "" }
    inside && $1 == name && (group == "" ? $0 ~ /^    "/ : current == group && $0 ~ /^      "/) { sub(/,$/, "", $2); print $2; found = 1; exit }
    END { if (!found) print 0 }
  ' "$1"
}

# Words of an input that has one on each line, without empty lines.
lines() { # TEXT
  printf '%s\n' "$1" | sed -e 's/^[[:space:]]*//' -e 's/[[:space:]]*$//' -e '/^$/d'
}

say() { # NAME VALUE
  echo "$1=$2" >> "$GITHUB_OUTPUT"
}

# Runs a command and waits for it. Its exit code is in `code`. A runner that ends the job sends its signals to the shell alone:
# they are passed on, so that the command ends by itself and leaves what it has, and nothing goes on behind the job.
# shellcheck disable=SC2034 # The scripts that source this file read it.
attend() { # COMMAND ARGUMENT...
  code=0
  "$@" <&0 &
  local child=$!
  # shellcheck disable=SC2064 # The process of now.
  trap "kill -TERM $child 2>/dev/null || true" INT TERM
  wait "$child" || code=$?
  # A signal ends the wait and not the command.
  while kill -0 "$child" 2>/dev/null; do
    code=0
    wait "$child" || code=$?
  done
  trap - INT TERM
}
