#!/usr/bin/env bash
# Installs a command for the steps that follow: a released binary whose checksum is verified, a build of the source beside
# this file, or what the runner has already. Path and version of the command are outputs of the step.
#
# PROGRAM    ecs-drift or ecs-emulator
# VERSION    `source`, `installed`, or the number of a release
# CHECKSUM   SHA-256 of the archive, in place of the one that the release says
# DOWNLOADS  where releases are, with a folder for each tag; a mirror, for example
set -euo pipefail

fail() {
  echo "::error title=$PROGRAM cannot be installed::$1"
  exit 1
}

number='^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$'
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder="$RUNNER_TEMP/$PROGRAM-$VERSION"

# Proves that the command runs, and names it to later steps.
tell() { # PATH
  local said
  said=$("$1" --version) || fail "$1 does not run on this machine."
  echo "$said"
  said=${said#* }
  { echo "path=$1"; echo "version=${said%% *}"; } >> "$GITHUB_OUTPUT"
}

use() { # FOLDER
  echo "$1" >> "$GITHUB_PATH"
  tell "$1/$PROGRAM"
}

case "$PROGRAM" in
  ecs-drift) crate=drift ;;
  ecs-emulator) crate=emulator ;;
  *) fail "There is no such command." ;;
esac

case "$VERSION" in
  installed)
    command -v "$PROGRAM" > /dev/null || fail "No $PROGRAM is on the PATH. Install it in the image, or give another version."
    tell "$(command -v "$PROGRAM")"
    exit
    ;;
  source)
    command -v cargo > /dev/null || fail "A build of the source needs cargo. Set up Rust before, or give the version of a release."
    # There, because the toolchain and the settings of the build are those of the folder that cargo runs in.
    cd "$here/.."
    cargo install --locked --root "$folder" --path "$crate"
    use "$folder/bin"
    exit
    ;;
esac
[[ "$VERSION" =~ $number ]] || fail "The version must be source, installed, or a number such as 1.2.3."

case "$RUNNER_OS" in
  Linux) os=linux ;;
  macOS) os=darwin ;;
  *) fail "There is no release for $RUNNER_OS." ;;
esac
case "$RUNNER_ARCH" in
  X64) arch=amd64 ;;
  ARM64) arch=arm64 ;;
  *) fail "There is no release for $RUNNER_ARCH." ;;
esac
case "$DOWNLOADS" in
  https://*) scheme='=https' ;;
  http://127.0.0.1:*) scheme='=http' ;;
  *) fail "The address of the releases must begin with https://." ;;
esac

archive="${PROGRAM}_${VERSION}_${os}_${arch}.tar.gz"
sums="${PROGRAM}_${VERSION}_SHA256SUMS"
mkdir -p "$folder"
cd "$folder"
fetch() {
  curl --fail --silent --show-error --location --proto "$scheme" --retry 3 --output "$1" "$DOWNLOADS/v$VERSION/$1" ||
    fail "$1 cannot be fetched. Check the version, and whether the runner reaches the releases."
}

fetch "$archive"
if [ -z "$CHECKSUM" ]; then
  fetch "$sums"
  CHECKSUM=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' "$sums")
fi
[[ "$CHECKSUM" =~ ^[0-9a-f]{64}$ ]] || fail "There is no SHA-256 of $archive."
if command -v sha256sum > /dev/null; then
  actual=$(sha256sum "$archive")
else
  actual=$(shasum -a 256 "$archive")
fi
[ "${actual%% *}" = "$CHECKSUM" ] || fail "$archive is not what the release says: its SHA-256 is ${actual%% *}, not $CHECKSUM."
tar -xzf "$archive" "$PROGRAM"
use "$folder"
