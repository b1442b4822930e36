#!/usr/bin/env bash
# Puts ov on the PATH of the following steps, once its SHA-256 is the one that the workflow names.
set -euo pipefail

fail() {
  echo "ov: Cannot install ov: $1" >&2
  exit 1
}

[[ $OV_ACTION_SHA256 =~ ^[0-9a-f]{64}$ ]] || fail "sha256 is not 64 lower-case hexadecimal digits"
folder="$RUNNER_TEMP/ov-$OV_ACTION_SHA256"
mkdir -p "$folder"
new="$folder/ov.new"
case "$OV_ACTION_BINARY" in
  https://*)
    curl --proto '=https' --tlsv1.2 --fail --silent --show-error --location --max-time 300 --output "$new" \
      -- "$OV_ACTION_BINARY" || fail "it could not be fetched"
    ;;
  *) cp -- "$OV_ACTION_BINARY" "$new" || fail "there is no such file" ;;
esac

if command -v sha256sum >/dev/null; then found=$(sha256sum <"$new"); else found=$(shasum -a 256 <"$new"); fi
if [[ ${found%% *} != "$OV_ACTION_SHA256" ]]; then
  rm -f -- "$new"
  fail "its SHA-256 is ${found%% *}, not the one that was named"
fi
chmod 755 "$new"
mv -- "$new" "$folder/ov"
echo "$folder" >>"$GITHUB_PATH"
