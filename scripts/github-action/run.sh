#!/usr/bin/env bash
# Runs the command under ov, ends as it ends, and leaves the names in the job's summary.
set -euo pipefail

export CI=true
if [[ $OV_ACTION_COMMAND == *$'\n'* ]]; then
  echo "ov: Cannot run: the command has several lines; put them into a script and name that" >&2
  exit 2
fi
read -ra command <<<"$OV_ACTION_COMMAND" # words between blanks; nothing is expanded

status=0
ov run --bundle "$OV_ACTION_BUNDLE" --secrets "$OV_ACTION_SECRETS" -- "${command[@]}" || status=$?

names=${OV_ACTION_SECRETS//[^A-Za-z0-9_,]/}
{
  echo "### OpaqueVault"
  echo
  echo "A command got these secrets and ended with status $status:"
  echo
  for name in ${names//,/ }; do echo "- \`$name\`"; done
} >>"$GITHUB_STEP_SUMMARY"
exit "$status"
