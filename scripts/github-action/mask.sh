#!/usr/bin/env bash
# Tells the runner the values, by commands on stdout that it takes and does not show.
set -euo pipefail

export CI=true
exec ov export --plain --format gha --from-bundle "$OV_ACTION_BUNDLE" --only "$OV_ACTION_SECRETS"
