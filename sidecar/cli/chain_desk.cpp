#include "sidecar/cli/chain_desk.hpp"

#include "sidecar/api/views.hpp"
#include "sidecar/app/chain_set.hpp"
#include "sidecar/app/opened.hpp"

#include <algorithm>
#include <iostream>

#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

Json view_of(const store::ChainRecord& record) {
    return api::admin_chain_view(flow::usable_chain(record), flow::listing_of(record));
}

TimePoint modified_at(const std::filesystem::path& file) {
    std::error_code failed;
    const auto time = std::filesystem::last_write_time(file, failed);
    if (failed) return {};
    return std::chrono::time_point_cast<std::chrono::milliseconds>(
        std::chrono::file_clock::to_sys(time));
}

/// A member as text; "-" when there is none.
std::string shown(const Json& view, const char* member) {
    const auto found = view.find(member);
    if (found == view.end() || found->is_null()) return "-";
    if (!found->is_string()) return found->dump();
    const auto text = found->get<std::string>();
    return text.empty() ? "-" : text;
}

}  // namespace

Result<std::unique_ptr<ChainDesk>> open_chain_desk(const Session& session) {
    auto config = app::load_config(session.directory);
    if (!config) return std::unexpected{config.error()};
    auto store = app::open_store({config->dir});
    if (!store) return std::unexpected{store.error()};
    auto desk = std::make_unique<ChainDesk>();
    desk->config = std::move(*config);
    desk->store = std::move(*store);
    return desk;
}

flow::Chains ChainDesk::chains() const {
    std::vector<chains::Chain> configured;
    std::ranges::transform(config.chains, std::back_inserter(configured), app::described);
    return {*store, clock, std::move(configured)};
}

Result<ChainId> ChainDesk::find(const std::string& name) const {
    const auto all = views();
    if (!all) return std::unexpected{all.error()};
    for (const auto& view : *all)
        if (view.at("name") == name || view.at("chain_id").dump() == name)
            return ChainId{view.at("chain_id").get<std::uint64_t>()};
    return fail(
        ErrorCode::not_found, "there is no chain \"" + name + "\"; see: chela chain list",
        "E_NO_CHAIN");
}

Result<std::vector<Json>> ChainDesk::views() const {
    const auto stored = store->chains();
    if (!stored) return std::unexpected{stored.error()};
    const auto since = modified_at(app::StateDirectory{config.dir}.config());
    std::vector<Json> out;
    out.reserve(config.chains.size() + stored->size());
    for (const auto& chain : config.chains)
        out.push_back(api::admin_chain_view(app::described(chain), app::listing_of(chain, since)));
    for (const auto& record : app::beside(config, *stored))
        out.push_back(view_of(record));
    return out;
}

void print_chain(const Json& view) {
    std::cout << shown(view, "name") << " (" << shown(view, "chain_id") << "), "
              << shown(view, "display_name")
              << (view.at("is_testnet") == true ? ", a test net" : "") << "\n"
              << "  state         " << (view.at("is_enabled") == true ? "enabled" : "disabled")
              << ", from " << shown(view, "source") << "\n"
              << "  node          " << shown(view, "rpc_url") << "\n"
              << "  fee limit     " << shown(view, "max_fee_per_transaction") << " a transaction\n"
              << "  settled       "
              << (view.at("finality") == "finalized"
                      ? std::string{"when the node says that it is finalized"}
                      : "after " + shown(view, "confirmations") + " blocks")
              << "\n"
              << "  fees          " << (view.at("has_eip1559") == true ? "EIP-1559" : "a gas price")
              << " in " << shown(view, "native_currency") << "\n"
              << "  explorer      " << shown(view, "explorer_url") << "\n";
}

int show_changed(
    const Session& session, const store::ChainRecord& record, const std::string& what) {
    const auto view = view_of(record);
    if (session.json) {
        print_json(view);
        return 0;
    }
    print_chain(view);
    std::cout << what << "; a running server takes it up within two seconds.\n";
    return 0;
}

}  // namespace chela::sidecar::cli
