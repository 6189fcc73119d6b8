#!/usr/bin/env bash
# Plants one violation after another in an otherwise clean tree and sees that the lint names it.
# Usage: self_test.sh LINT-FOLDER
set -euo pipefail

lints=$1
tree=$(mktemp -d)
trap 'rm -rf -- "$tree"' EXIT
failed=0

clean_tree() {
    rm -rf -- "${tree:?}"/*
    mkdir -p -- "$tree"/{chains/base,policy/gate,signer/pkcs11}
    mkdir -p -- "$tree"/sidecar/{admin,api,app,auth,authority,cli,config,edge,flow,hooks,http,mcp,node,rpc,store,telemetry}
    printf '#include "chains/base/bytes.hpp"\n#include <vector>\n#include <chrono>\n' >"$tree/chains/base/ok.hpp"
    printf '#include "chains/a.hpp"\n#include "policy/b.hpp"\n' >"$tree/policy/gate/ok.cpp"
    printf '#include "signer/a.hpp"\n#include <fstream>\n' >"$tree/signer/pkcs11/ok.cpp"
    printf '#include <soci/soci.h>\n' >"$tree/sidecar/store/ok.cpp"
    printf 'auto t = std::chrono::system_clock::now();\n' >"$tree/sidecar/edge/ok.cpp"
    printf 'co_spawn(context, run(self), [self](std::exception_ptr e) { report(e); });\n' >"$tree/sidecar/http/ok.cpp"
    printf 'auto job = [=]() -> asio::awaitable<void> { co_return; };\n' >>"$tree/sidecar/http/ok.cpp"
}

accepts() {
    clean_tree
    local output
    if ! output=$("$lints/$1" "$tree"); then
        printf '%s refuses a clean tree:\n%s\n' "$1" "$output"
        failed=1
    fi
}

# refuses LINT FILE TEXT
refuses() {
    clean_tree
    printf '%b\n' "$3" >"$tree/$2"
    local output status=0
    output=$("$lints/$1" "$tree") || status=$?
    if ((status != 1)) || [[ $output != *"$2"* ]]; then
        printf '%s does not find this in %s (exit %d): %s\n%s\n' "$1" "$2" "$status" "$3" "$output"
        failed=1
    fi
}

accepts layers.sh
refuses layers.sh chains/base/x.cpp '#include "policy/gate/gate.hpp"'
refuses layers.sh chains/base/x.cpp '#include "bytes.hpp"'
refuses layers.sh sidecar/flow/x.cpp $'namespace chela::policy {\nclass Gate {\n};\n}'
refuses layers.sh policy/gate/x.hpp $'namespace chela::policy {\nstruct Gate final {\n};\n}'
refuses layers.sh chains/base/x.hpp '  #  include <sidecar/edge/clock.hpp>'
refuses layers.sh policy/gate/x.cpp '#include "signer/key.hpp"'
refuses layers.sh policy/gate/x.cpp '#include "sidecar/store/store.hpp"'
refuses layers.sh signer/pkcs11/x.cpp '#include "policy/gate/gate.hpp"'
refuses layers.sh sidecar/api/x.cpp '#include "tests/support/anvil.hpp"'
refuses layers.sh sidecar/api/x.cpp '#include "sidecar/../tests/x.hpp"'
for header in boost/asio.hpp boost/asio/awaitable.hpp boost/beast/http.hpp soci/soci.h sqlite3.h fstream filesystem \
    sys/socket.h unistd.h thread random openssl/rand.h; do
    refuses layers.sh chains/base/x.cpp "#include <$header>"
    refuses layers.sh policy/gate/x.cpp "#include <$header>"
done
refuses layers.sh signer/pkcs11/x.cpp '#include <boost/asio/io_context.hpp>'
refuses layers.sh chains/base/x.cpp 'auto t = std::chrono::steady_clock::now();'
refuses layers.sh policy/gate/x.cpp 'auto t = std::time(nullptr);'
refuses layers.sh sidecar/flow/x.cpp 'auto t = std::chrono::system_clock::now();'
refuses layers.sh signer/pkcs11/x.cpp 'auto t = std::chrono::system_clock::now();'
refuses layers.sh sidecar/api/x.cpp '#include <soci/soci.h>'

accepts coroutines.sh
refuses coroutines.sh sidecar/http/x.cpp '#include <boost/asio/experimental/awaitable_operators.hpp>'
refuses coroutines.sh sidecar/http/x.cpp \
    'asio::co_spawn(context_.get_executor(),\n    [this]() -> asio::awaitable<void> { co_return; }, asio::detached);'
refuses coroutines.sh sidecar/http/x.cpp \
    'co_await [&]() -> asio::awaitable<void> {\n  if (x) { co_return; }\n  co_return;\n}();'
refuses coroutines.sh sidecar/http/x.cpp \
    'co_await [self = this](int a) -> awaitable<Result<int>> {\n  co_return a;\n}(4);'

# A lint that cannot read its tree must not pass.
for lint in layers.sh coroutines.sh; do
    if "$lints/$lint" "$tree/nowhere" >/dev/null 2>&1; then
        printf '%s passes on a tree that is not there\n' "$lint"
        failed=1
    fi
done
exit "$failed"
