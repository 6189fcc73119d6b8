#include "sidecar/flow/chains.hpp"

#include "chains/node/printable.hpp"
#include "chains/registry/native_amount.hpp"
#include "chains/registry/well_known.hpp"
#include "sidecar/flow/chain_urls.hpp"
#include "sidecar/node/client.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxDisplayName = 100;
constexpr std::uint64_t kMaxConfirmations = 10'000;
constexpr std::chrono::milliseconds kMaxBlockTime = 10min;

std::unexpected<Error> bad_field(std::string detail) {
    return fail(ErrorCode::invalid_input, std::move(detail), "E_CHAIN_FIELD");
}

Status check_identity(const chains::Chain& chain) {
    if (auto ok = chains::check_chain_name(chain.name); !ok)
        return fail(ok.error().code, ok.error().detail, "E_CHAIN_NAME");
    if (chain.chain_id.value == 0) return bad_field("chain_id: chain id 0 does not exist");
    const auto known = chains::match_well_known(chain.name, chain.chain_id);
    if (!known) return std::unexpected{known.error()};
    return {};
}

Status check_facts(const chains::Chain& chain) {
    const auto& shown = chain.display_name;
    if (shown.empty() || chains::node::printable(shown, kMaxDisplayName) != shown)
        return bad_field("display_name: expected 1 to 100 printable characters");
    if (!chains::is_currency_symbol(chain.native_currency))
        return bad_field("native_currency: expected 1 to 16 letters and digits, such as ETH");
    if (chain.confirmations == 0 || chain.confirmations > kMaxConfirmations)
        return bad_field("confirmations: expected 1 to 10000");
    if (chain.block_time <= 0ms || chain.block_time > kMaxBlockTime)
        return bad_field("block_time_ms: expected 1 to 600000");
    return {};
}

Status check_urls(const store::ChainRecord& record) {
    if (!record.rpc_url.empty())
        if (auto ok = check_rpc_url(record.rpc_url); !ok) return ok;
    if (!record.ws_url.empty())
        if (auto ok = check_ws_url(record.ws_url); !ok) return ok;
    if (!record.chain.explorer_url.empty()) return check_explorer_url(record.chain.explorer_url);
    return {};
}

/// An absent limit must never read as none.
Status check_signing(const store::ChainRecord& record) {
    if (!record.chain.is_enabled) return {};
    if (!record.max_fee_per_transaction) {
        return fail(
            ErrorCode::invalid_input,
            fmt::format(
                "max_fee_per_transaction is required for a chain that is to sign: the most that "
                "one transaction's fee may cost, such as \"0.01 {}\"; without it the chain can "
                "only be there disabled (is_enabled: false)",
                record.chain.native_currency),
            "E_CHAIN_FEE_LIMIT");
    }
    if (record.rpc_url.empty()) {
        return fail(
            ErrorCode::invalid_input,
            "rpc_url is required for a chain that is to sign; without it the chain can only be "
            "there disabled (is_enabled: false)",
            "E_CHAIN_NO_NODE");
    }
    return {};
}

/// What the chain is from now on; of its node the place alone.
std::string audit_detail(const store::ChainRecord& record) {
    const auto& chain = record.chain;
    Json detail = {
        {"name", chain.name},
        {"chain_id", chain.chain_id.value},
        {"is_enabled", chain.is_enabled},
        {"native_currency", chain.native_currency},
        {"confirmations", chain.confirmations},
        {"finality", to_string(chain.finality)},
        {"has_eip1559", chain.has_eip1559}};
    detail["rpc_url"] =
        record.rpc_url.empty() ? Json(nullptr) : Json(node::display_origin(record.rpc_url));
    detail["ws_url"] = record.ws_url.empty() ? Json(nullptr) : Json(ws_origin(record.ws_url));
    detail["max_fee_per_transaction"] =
        record.max_fee_per_transaction ? Json(to_decimal(record.max_fee_per_transaction->value))
                                       : Json(nullptr);
    return detail.dump();
}

}  // namespace

chains::Chain usable_chain(const store::ChainRecord& record) {
    auto chain = record.chain;
    chain.max_fee_per_transaction = record.max_fee_per_transaction.value_or(Wei{});
    return chain;
}

ChainListing listing_of(const store::ChainRecord& record) {
    return {
        .is_configured = false,
        .has_fee_limit = record.max_fee_per_transaction.has_value(),
        .rpc_origin = record.rpc_url.empty() ? "" : node::display_origin(record.rpc_url),
        .ws_origin = record.ws_url.empty() ? "" : ws_origin(record.ws_url),
        .created_at = record.created_at,
        .updated_at = record.updated_at};
}

Status check_chain(const store::ChainRecord& record) {
    if (auto ok = check_identity(record.chain); !ok) return ok;
    if (auto ok = check_facts(record.chain); !ok) return ok;
    if (auto ok = check_urls(record); !ok) return ok;
    return check_signing(record);
}

Status Chains::check_not_configured(ChainId id, const std::string& name) const {
    const auto found = std::ranges::find_if(configured_, [&](const chains::Chain& chain) {
        return chain.chain_id == id || chain.name == name;
    });
    if (found == configured_.end()) return {};
    return fail(
        ErrorCode::conflict,
        fmt::format(
            "chela.yaml has the chain {} ({}), and what it says holds; change it there and reload",
            found->name, found->chain_id.value),
        "E_CHAIN_CONFIGURED");
}

Result<store::ChainRecord> Chains::add(store::ChainRecord draft, const std::string& actor) {
    if (auto ok = check_chain(draft); !ok) return std::unexpected{ok.error()};
    if (auto ok = check_not_configured(draft.chain.chain_id, draft.chain.name); !ok)
        return std::unexpected{ok.error()};
    draft.created_at = clock_.now();
    draft.updated_at = draft.created_at;
    const policy::AuditEntry audit{
        draft.created_at, actor, "chain.created", draft.chain.name, audit_detail(draft)};
    if (auto ok = store_.insert_chain(draft, audit); !ok) return std::unexpected{ok.error()};
    return draft;
}

Result<store::ChainRecord> Chains::update(
    ChainId id,
    const std::string& actor,
    const std::function<Status(store::ChainRecord&)>& change) {
    if (auto ok = check_not_configured(id, {}); !ok) return std::unexpected{ok.error()};
    policy::AuditEntry audit{clock_.now(), actor, "chain.updated", {}, {}};
    // The entry is written after the change, with what it came to.
    return store_.update_chain(id, audit, [&](store::ChainRecord& record) -> Status {
        if (auto ok = change(record); !ok) return ok;
        if (auto ok = check_chain(record); !ok) return ok;
        audit.subject = record.chain.name;
        audit.detail = audit_detail(record);
        return {};
    });
}

Status Chains::remove(ChainId id, const std::string& actor) {
    if (auto ok = check_not_configured(id, {}); !ok) return ok;
    return store_.remove_chain(
        id, {clock_.now(), actor, "chain.removed", std::to_string(id.value), "{}"});
}

}  // namespace chela::sidecar::flow
