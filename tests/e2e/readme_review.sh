#!/usr/bin/env bash
# What README.md shows to security reviewers must be what chela prints: runs every "$ command" of its console blocks from
# the root and compares what follows.
# usage: readme_review.sh ROOT CHELA_BIN
set -euo pipefail
root=$1
PATH=$(dirname -- "$(readlink -f -- "$2")"):$PATH
export PATH
cd -- "$root"

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
awk '/^```console$/ {inside = 1; next} /^```$/ {inside = 0} inside' README.md >"$work/shown"
grep -q '^\$ chela policy test examples/policies/' "$work/shown" || { echo 'README.md shows no chela policy test'; exit 1; }
grep -q 'chela policy explain' "$work/shown" || { echo 'README.md shows no chela policy explain'; exit 1; }

ran=0
while IFS= read -r line; do
    case $line in
        '$ '*)
            printf '%s\n' "$line"
            # Some of the commands are to fail: what they print is what counts.
            bash -c "${line#\$ }" 2>&1 || true
            ran=$((ran + 1))
            ;;
    esac
done <"$work/shown" >"$work/printed"
((ran > 0)) || { echo 'README.md shows no command'; exit 1; }
diff -u <(sed -E 's/[[:space:]]+$//' "$work/shown") <(sed -E 's/[[:space:]]+$//' "$work/printed") ||
    { echo 'README.md does not show what chela prints'; exit 1; }
echo 'README.md shows what chela prints'
