#!/usr/bin/env bash
# Coroutine forms that were measured to misbehave with Boost 1.81.
# Usage: coroutines.sh ROOT. Prints what is wrong as FILE:TEXT and exits 1.
set -euo pipefail

cd -- "$1"
found=0

# forbid REASON PATTERN: no source has text, over line breaks, that matches.
forbid() {
    local reason=$1 pattern=$2 text status=0
    text=$(grep -rzoP --include='*.cpp' --include='*.hpp' -e "$pattern" -- sidecar | tr '\0' '\n') || status=$?
    if ((status > 1)); then exit 2; fi
    if [[ -n $text ]]; then
        printf '%s:\n%s\n' "$reason" "$text"
        found=1
    fi
}

forbid 'a limit belongs to the operation, not to || or && over awaitables' 'awaitable_operators'
forbid 'a lambda that is spawned has no captures: they may end before the coroutine does; pass parameters by value' \
    'co_spawn\s*\(\s*[\w.:>()*-]+\s*,\s*\[[^\]]+\]'
forbid 'a coroutine lambda with captures is called as a temporary' \
    '\[[^\]\s][^\]]*\]\s*\([^)]*\)\s*(mutable\s*)?->\s*[\w:]*awaitable<[^{;]*>\s*(\{(?:[^{}]++|(?2))*\})\s*\('

exit "$found"
