#!/bin/sh
# The worker of the first version, by its old name and contract: SERVICE ERROR URL. All of it is `cortex heal`.
set -eu
program=$(command -v cortex || true)
# In a clone that was built, and not installed.
[ -n "$program" ] || program=$(dirname "$0")/../.build/release/cortex
exec "$program" heal -- "$@"
