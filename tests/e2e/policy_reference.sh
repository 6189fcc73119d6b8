#!/usr/bin/env bash
# Each ```yaml block of policy/document.md must load. The first is a whole document; to each of the others are added the
# sections of the first that it lacks, its rules apart. Every reason code that a decision can give must be named there.
# usage: policy_reference.sh ROOT CHELA_BIN
set -euo pipefail
root=$1
chela=$(readlink -f -- "$2")
cd -- "$root"

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
awk -v out="$work/block" '
    /^```yaml$/ {inside = 1; ++blocks; next}
    /^```$/ {inside = 0}
    inside {print > (out blocks ".yaml")}' policy/document.md
whole=$work/block1.yaml
[[ -s $whole ]] || { echo 'policy/document.md has no yaml block'; exit 1; }

# The sections of the whole document that are no rules and that the block does not have, then the block.
complete() {
    awk '
        {starts_section = match($0, /^[a-z_]+:/)}
        starts_section {name = substr($0, 1, RLENGTH)}
        FNR == NR {if (starts_section) has[name] = 1; next}
        name !~ /^(permit|forbid|review):$/ && !(name in has)' "$1" "$whole"
    cat -- "$1"
}

bad=0
lint() {
    local name
    name=$(basename -- "$1" .yaml)
    (cd -- "$work" && "$chela" policy lint ${2:+"$2"} "$(basename -- "$1")") >"$work/said" 2>&1 && return
    echo "policy/document.md, yaml $name:"
    cat -- "$work/said" "$1"
    bad=1
}
lint "$whole" --strict
blocks=$(find "$work" -name 'block*.yaml' | wc -l)
for ((i = 2; i <= blocks; ++i)); do
    complete "$work/block$i.yaml" >"$work/completed$i.yaml"
    lint "$work/completed$i.yaml"
done

while IFS= read -r code; do
    grep -qF "\`$code\`" policy/document.md || { echo "policy/document.md does not name $code"; bad=1; }
done < <(grep -ohE '"E_[A-Z0-9_]+"' policy/decide/*.cpp policy/decode/contracts.cpp | tr -d '"' | sort -u)

((blocks > 1)) || { echo 'policy/document.md has one example only'; exit 1; }
((bad == 0)) || exit 1
echo "policy/document.md: $blocks examples load"
