#!/usr/bin/env bash
# The README's first screen must be what the demo prints: runs the demo and compares, but for ids, addresses and ports.
# usage: readme_demo.sh ROOT CHELA_BIN     (CHELA_ANVIL is in the environment)
set -euo pipefail
root=$1
export CHELA_BIN=$2

same_form() {
    sed -E -e 's/0x[0-9a-fA-F]{8,}/0x…/g' -e 's/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/UUID/g' \
        -e 's/(agent|chela)-[0-9a-f]{8}/\1-ID/g' -e 's#[^ ]*/chela-demo\.[A-Za-z0-9]+#DIR#g' \
        -e 's/127\.0\.0\.1:[0-9]+/127.0.0.1:PORT/g' -e 's/^( *port )[0-9]+/\1PORT/' -e 's/[[:space:]]+$//'
}

printed=$("$root/examples/quickstart/demo.sh" </dev/null)
shown=$(awk '/^```text$/ {inside = 1; next} /^```$/ {inside = 0} inside' "$root/README.md")
[ -n "$shown" ] || { echo 'README.md shows no output'; exit 1; }
# The first and the last lines frame the steps; the README leaves them out.
steps=$(sed -e '1,/^$/d' <<<"$printed" | sed -e '/^All [0-9]* steps/d')
diff -u <(same_form <<<"$shown") <(same_form <<<"$steps" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}') ||
    { echo 'README.md does not show what ./run demo prints'; exit 1; }
echo 'README.md shows what the demo prints'
