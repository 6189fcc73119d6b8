#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/base/rfc3339.hpp"
#include "sidecar/api/views.hpp"
#include "sidecar/app/lane_on_chain.hpp"
#include "sidecar/app/opened.hpp"
#include "sidecar/cli/commands.hpp"
#include "sidecar/edge/clock.hpp"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

struct Opened {
    config::Config config;
    app::StoredChains stored;
    std::unique_ptr<store::Store> store;
    chains::Registry registry;
};

Result<Opened> open(const Session& session) {
    auto config = app::load_config(session.directory);
    if (!config) return std::unexpected{config.error()};
    auto store = app::open_store({config->dir});
    if (!store) return std::unexpected{store.error()};
    auto stored = (*store)->chains();
    if (!stored) return std::unexpected{stored.error()};
    auto registry = app::make_registry(*config, *stored);
    if (!registry) return std::unexpected{registry.error()};
    return Opened{*std::move(config), *std::move(stored), *std::move(store), *std::move(registry)};
}

std::string chain_name(const chains::Registry& registry, ChainId id) {
    const auto chain = registry.find(std::to_string(id.value));
    return chain ? chain->name : std::to_string(id.value);
}

std::string next_nonce(const store::LaneRecord& lane) {
    if (lane.highest && *lane.highest >= lane.next_floor)
        return std::to_string(lane.highest->value + 1);
    return lane.next_floor.value > 0 ? std::to_string(lane.next_floor.value) : "the chain's";
}

Json view(const chains::Registry& registry, const store::LaneRecord& lane) {
    Json out = {
        {"chain", chain_name(registry, lane.lane.chain)},
        {"chain_id", lane.lane.chain.value},
        {"address", to_checksum(lane.lane.address)},
        {"open", lane.open},
        {"next_nonce", lane.highest ? Json(lane.highest->value + 1) : Json(nullptr)},
        {"epoch", lane.epoch},
        {"is_frozen", lane.frozen_at.has_value()}};
    if (lane.frozen_at) {
        out["frozen_at"] = to_rfc3339(*lane.frozen_at);
        out["frozen_reason"] = lane.frozen_reason;
    }
    return out;
}

void print(const chains::Registry& registry, const store::LaneRecord& lane) {
    std::cout << fmt::format(
        "{}  {}  {} open, next nonce {}{}\n", chain_name(registry, lane.lane.chain),
        to_checksum(lane.lane.address), lane.open, next_nonce(lane),
        lane.frozen_at ? "  FROZEN" : "");
    if (lane.frozen_at) {
        std::cout << fmt::format(
            "    since {}: {}\n", to_rfc3339(*lane.frozen_at), lane.frozen_reason);
    }
}

int list(const Session& session) {
    const auto opened = open(session);
    if (!opened) return report(session, opened.error());
    const auto lanes = opened->store->lanes();
    if (!lanes) return report(session, lanes.error());
    Json out = Json::array();
    for (const auto& lane : *lanes) {
        out.push_back(view(opened->registry, lane));
        if (!session.json) print(opened->registry, lane);
    }
    if (session.json) print_json({{"lanes", std::move(out)}});
    if (!session.json && lanes->empty()) std::cout << "No key has been used on any chain yet.\n";
    return 0;
}

/// Which lane the command line names.
struct Named {
    std::string chain;
    std::string address;
};

Result<policy::Lane> lane_of(const chains::Registry& registry, const Named& named) {
    const auto address = parse_address(named.address);
    if (!address) return std::unexpected{address.error()};
    // A chain that is configured no more still has its lanes, by its number.
    if (const auto chain = registry.find(named.chain))
        return policy::Lane{chain->chain_id, *address};
    const auto id = parse_decimal(named.chain);
    const auto number = id ? id->to_uint64() : std::nullopt;
    if (number) return policy::Lane{ChainId{*number}, *address};
    return std::unexpected{registry.find(named.chain).error()};
}

int show(const Session& session, const Named& named) {
    const auto opened = open(session);
    if (!opened) return report(session, opened.error());
    const auto at = lane_of(opened->registry, named);
    if (!at) return report(session, at.error());
    const auto lane = opened->store->lane(*at);
    if (!lane) return report(session, lane.error());
    const auto slots = opened->store->slots(*at);
    if (!slots) return report(session, slots.error());
    Json out = view(opened->registry, *lane);
    out["slots"] = Json::array();
    if (!session.json) print(opened->registry, *lane);
    for (const auto& slot : *slots) {
        Json one = api::transaction_view(slot.intent, api::SignedTx::omit);
        one["attempts"] = api::attempts_view(slot.attempts);
        out["slots"].push_back(std::move(one));
        if (session.json) continue;
        std::cout << fmt::format(
            "    nonce {}  {}  {}  {} signed{}{}\n", slot.intent.nonce.value_or(Nonce{}).value,
            slot.intent.id, to_string(slot.intent.state), slot.attempts.size(),
            slot.intent.error_message.empty() ? "" : ": ", slot.intent.error_message);
    }
    if (session.json) print_json(out);
    return 0;
}

/// The attempts of what would end as lost.
Result<std::vector<store::AttemptRecord>> attempts_below(
    store::Store& store, const policy::Lane& lane, Nonce lost_below) {
    auto slots = store.slots(lane);
    if (!slots) return std::unexpected{slots.error()};
    std::vector<store::AttemptRecord> out;
    for (auto& slot : *slots) {
        const bool is_named = slot.intent.nonce && *slot.intent.nonce < lost_below;
        if (!is_named || slot.intent.state == store::IntentState::mined) continue;
        std::ranges::move(slot.attempts, std::back_inserter(out));
    }
    return out;
}

/// A nonce that the chain has not used is not lost: whatever was written, it would leave a hole.
/// One that chela's own transaction has used is not lost either: it would be told to be paid again.
Status check_lost(const Opened& opened, const policy::Lane& lane, Nonce lost_below) {
    const auto attempts = attempts_below(*opened.store, lane, lost_below);
    if (!attempts) return std::unexpected{attempts.error()};
    std::vector<TxHash> hashes;
    std::ranges::transform(*attempts, std::back_inserter(hashes), &store::AttemptRecord::hash);
    const auto seen = app::lane_on_chain(opened.config, opened.stored, lane, hashes);
    if (!seen) return std::unexpected{seen.error()};
    if (lost_below > seen->used) {
        return fail(
            ErrorCode::invalid_input,
            fmt::format(
                "--lost-below: the chain has used {} nonces of {}; name that number, or less",
                seen->used.value, to_checksum(lane.address)),
            "E_LOST_BELOW");
    }
    if (seen->mined.empty()) return {};
    const auto& [hash, origin] = *seen->mined.begin();
    return fail(
        ErrorCode::conflict,
        fmt::format(
            "--lost-below: {} shows chela's own transaction {}, which has one of these nonces, in "
            "a "
            "block; let `chela serve` see it (`chela lane show`), then try again",
            origin, to_hex(hash)),
        "E_LOST_BELOW");
}

int unfreeze(
    const Session& session, const Named& named, const std::optional<std::uint64_t>& lost_below) {
    const auto opened = open(session);
    if (!opened) return report(session, opened.error());
    const auto at = lane_of(opened->registry, named);
    if (!at) return report(session, at.error());
    const auto lost = lost_below ? std::optional{Nonce{*lost_below}} : std::nullopt;
    if (lost) {
        if (auto ok = check_lost(*opened, *at, *lost); !ok) return report(session, ok.error());
    }
    const policy::AuditEntry audit{
        .at = SystemClock{}.now(),
        .actor = "operator",
        .action = "lane.unfrozen",
        .subject = fmt::format("{}/{}", at->chain.value, to_checksum(at->address)),
        .detail = Json{{"lost_below", lost_below ? Json(*lost_below) : Json(nullptr)}}.dump()};
    const auto lane = opened->store->unfreeze_lane(*at, lost, audit);
    if (!lane) return report(session, lane.error());
    if (session.json) {
        print_json(view(opened->registry, *lane));
    } else {
        print(opened->registry, *lane);
    }
    return 0;
}

std::shared_ptr<Named> add_named(CLI::App& command) {
    const auto named = std::make_shared<Named>();
    command.add_option("chain", named->chain, "Its chain, by name or id")->required();
    command.add_option("address", named->address, "Its address")->required();
    return named;
}

}  // namespace

void add_lane(CLI::App& app, Session& session) {
    auto* command =
        app.add_subcommand("lane", "Lanes: the nonces of one address on one chain, in their order");
    command->require_subcommand(1);

    auto* all = command->add_subcommand("list", "List all lanes with what is open on them");
    all->footer("Example:\n  chela lane list --json | jq '.lanes[] | select(.is_frozen)'");
    all->callback([&session] { session.run = [&session] { return list(session); }; });

    auto* one = command->add_subcommand("show", "Show one lane and its open transactions");
    one->footer("Example:\n  chela lane show base 0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
    const auto shown = add_named(*one);
    one->callback(
        [&session, shown] { session.run = [&session, shown] { return show(session, *shown); }; });

    auto* thaw = command->add_subcommand("unfreeze", "Let a frozen lane sign and send again");
    const auto thawed = add_named(*thaw);
    const auto lost_below = std::make_shared<std::optional<std::uint64_t>>();
    thaw->add_option(
        "--lost-below", *lost_below,
        "Somebody else used the nonces below this one: transactions that hold one of them end as "
        "failed, and none of them is given out again");
    thaw->footer(
        "A lane freezes when the chain has used one of its nonces for a transaction that chela did "
        "not sign: find out\nwho has the key first. Then either the reason is gone, or name the "
        "chain's next nonce (`cast nonce ADDRESS`):\n"
        "  chela lane unfreeze base 0x70997970C51812dc3A010C7d01b50e0d17dc79C8\n"
        "  chela lane unfreeze base 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --lost-below 12");
    thaw->callback([&session, thawed, lost_below] {
        session.run = [&session, thawed, lost_below] {
            return unfreeze(session, *thawed, *lost_below);
        };
    });
}

}  // namespace chela::sidecar::cli
