#include "chains/base/address.hpp"
#include "sidecar/api/agent_request.hpp"
#include "sidecar/api/views.hpp"
#include "sidecar/app/authorities.hpp"
#include "sidecar/app/opened.hpp"
#include "sidecar/authority/source.hpp"
#include "sidecar/cli/agent_flags.hpp"
#include "sidecar/cli/commands.hpp"
#include "sidecar/cli/key_outlet.hpp"
#include "sidecar/edge/clock.hpp"
#include "sidecar/flow/agents.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

constexpr const char* kOperator = "operator";
constexpr const char* kNextStep = "name it in an identity in chela.yaml";

/// The parts that a command about agents needs; the database is shared safely with a running
/// server.
struct Desk {
    app::Opened opened;
    chains::Registry registry;
    SystemClock clock;
    flow::Keyring keyring{*opened.store, opened.back_ends.sources, opened.state.keys_lock()};
    flow::Agents agents{*opened.store, keyring, clock};

    Desk(app::Opened o, chains::Registry r) : opened{std::move(o)}, registry{std::move(r)} {}

    [[nodiscard]] policy::ChainResolver resolver() const {
        return [this](std::string_view name) -> Result<ChainId> {
            const auto chain = registry.find(name);
            if (!chain) return std::unexpected{chain.error()};
            return chain->chain_id;
        };
    }

    [[nodiscard]] Result<Json> view(const store::AgentRecord& agent) const {
        std::optional<Address> address;
        if (agent.signing_key_id) {
            if (const auto key = opened.store->key(*agent.signing_key_id)) address = key->address;
        }
        const auto spent = opened.store->charges(
            api::spend_meters(agent.id), clock.now() - std::chrono::hours{24});
        if (!spent) return std::unexpected{spent.error()};
        return api::agent_view(agent, *spent, address, clock.now());
    }
};

Result<std::unique_ptr<Desk>> open_desk(const Session& session) {
    auto opened = app::open(session.directory);
    if (!opened) return std::unexpected{opened.error()};
    const auto stored = opened->store->chains();
    if (!stored) return std::unexpected{stored.error()};
    auto registry = app::make_registry(opened->config, *stored);
    if (!registry) return std::unexpected{registry.error()};
    return std::make_unique<Desk>(std::move(*opened), std::move(*registry));
}

std::string joined(const Json& view, const char* member, const char* when_empty) {
    const auto found = view.find(member);
    if (found == view.end() || found->empty()) return when_empty;
    std::string out;
    for (const auto& item : *found)
        out += (out.empty() ? "" : ", ") + item.get<std::string>();
    return out;
}

std::string limit(const Json& view, const char* member) {
    const auto found = view.find(member);
    if (found == view.end() || found->is_null()) return "no limit";
    return found->is_string() ? found->get<std::string>() : found->dump();
}

/// Chain by chain; "": there is none.
std::string fee_budgets(const Json& view) {
    std::vector<std::string> out;
    for (const auto& [chain, most] : view.value("tx_overhead_budget", Json::object()).items())
        out.push_back(fmt::format(
            "{} on {}", most.is_string() ? most.get<std::string>() : most.dump(), chain));
    return fmt::format("{}", fmt::join(out, ", "));
}

/// What the guardrails mean, in words: an empty list is wide, and says so.
void print_guardrails(const Json& view) {
    const bool recipients_named =
        view.contains("tx_to_allowlist") && !view["tx_to_allowlist"].empty();
    std::cout << "chains      " << joined(view, "tx_allowed_chains", "every configured chain")
              << "\n"
              << "recipients  "
              << joined(view, "tx_to_allowlist", "ANYONE (the allowlist is empty)") << "\n"
              << "tokens      "
              << joined(
                     view, "tx_token_allowlist",
                     recipients_named ? "only contracts named as recipients"
                                      : "ANY, any amount (both allowlists are empty)")
              << "\n"
              << "one tx      " << limit(view, "tx_max_value") << "\n"
              << "24 hours    " << limit(view, "tx_daily_limit") << "  (used "
              << view["tx_spent_today"].get<std::string>() << ")\n"
              << "per day     " << limit(view, "tx_max_per_day") << "\n";
    if (const auto budgets = fee_budgets(view); !budgets.empty())
        std::cout << "fees, 24 h  " << budgets << "\n";
}

void print_agent(const store::AgentRecord& agent, const Json& view) {
    std::cout << "agent       " << agent.id << "  " << agent.name << "\n"
              << "state       " << (agent.is_active ? "active" : "deactivated")
              << (agent.intents_api_enabled ? ", may submit transactions"
                                            : ", may not submit transactions")
              << "\n"
              << "address     "
              << (view["evm_address"].is_null() ? "none" : view["evm_address"].get<std::string>())
              << "\n";
    const bool has_guardrails = agent.guardrails != policy::Guardrails{};
    if (agent.policy_id) {
        std::cout << "policy      " << *agent.policy_id
                  << (has_guardrails ? " (and the guardrails below: both must allow)"
                                     : " (it rules alone: no guardrail is set)")
                  << "\n";
    }
    if (has_guardrails || !agent.policy_id) print_guardrails(view);
}

Error unrestricted_error() {
    return {
        ErrorCode::invalid_input,
        "this agent could pay anyone, and move any token: name its recipients with --to or its "
        "policy with --policy, or say --unrestricted",
        "E_UNRESTRICTED"};
}

/// Does neither a policy nor a list of recipients hold it?
bool is_unrestricted(const store::AgentRecord& agent) {
    return !agent.policy_id && agent.guardrails.everywhere.to_allowlist.empty();
}

/// @return the identity that chela.yaml gives this name, with an authority elsewhere
Result<config::IdentityConfig> identity_elsewhere(
    const config::Config& config, const std::string& name) {
    const auto found = std::ranges::find(config.identities, name, &config::IdentityConfig::name);
    if (found == config.identities.end())
        return fail(
            ErrorCode::not_found, "chela.yaml has no identity " + name, "E_IDENTITY_UNKNOWN");
    if (found->is_elsewhere()) return *found;
    return fail(
        ErrorCode::invalid_input,
        "the identity " + name +
            " has no authority elsewhere; without --identity the agent is made here",
        "E_IDENTITY_EMBEDDED");
}

/// Makes an agent known that an authority elsewhere has, with the key that it has there.
int enlist(const Session& session, Desk& desk, store::AgentRecord draft, const std::string& name) {
    const auto identity = identity_elsewhere(desk.opened.config, name);
    if (!identity) return report(session, identity.error());
    const auto holdings = app::exchanged_holdings(desk.opened.config);
    if (!holdings) return report(session, holdings.error());
    const auto key = authority::enlist(holdings->at(identity->agent_id), identity->agent_id);
    if (!key) return report(session, key.error());
    const auto agent = desk.agents.enlist(std::move(draft), *key, kOperator);
    if (!agent) return report(session, agent.error());
    const auto view = desk.view(*agent);
    if (!view) return report(session, view.error());
    if (session.json) {
        print_json({{"agent", *view}, {"authority", key->authority}});
        return 0;
    }
    print_agent(*agent, *view);
    std::cout << "key         at " << key->authority << ", which is asked for each signature\n";
    return 0;
}

/// @return the id of an agent of that name; "": there is none, or that cannot be told
std::string same_name(const Desk& desk, const std::string& name) {
    const auto agents = desk.opened.store->agents();
    if (!agents) return {};
    const auto found = std::ranges::find(*agents, name, &store::AgentRecord::name);
    return found == agents->end() ? std::string{} : found->id;
}

int create(
    const Session& session, AgentFlags flags, bool unrestricted, const std::string& key_file) {
    if (flags.intents.empty()) flags.intents = "on";
    if (flags.intents == "on" && flags.to.empty() && !names_policy(flags) && !unrestricted)
        return report(session, unrestricted_error());
    const auto request = to_request(flags);
    if (!request) return report(session, request.error());
    const auto desk = open_desk(session);
    if (!desk) return report(session, desk.error());
    store::AgentRecord draft;
    if (auto ok = api::apply_agent_request(
            draft, *request, api::AgentRequestKind::create, (*desk)->resolver());
        !ok) {
        return report(session, ok.error());
    }
    if (!flags.identity.empty()) return enlist(session, **desk, std::move(draft), flags.identity);
    if (const auto other = same_name(**desk, draft.name); !other.empty())
        std::cerr << "chela: warning: another agent is called " << draft.name << ": " << other
                  << "\n";
    auto outlet = KeyOutlet::open(key_file);
    if (!outlet) return report(session, outlet.error());
    const auto made = (*desk)->agents.create(draft, kOperator);
    if (!made) return report(session, made.error());
    const auto view = (*desk)->view(made->agent);
    if (!view) return report(session, view.error());
    if (!session.json) print_agent(made->agent, *view);
    return outlet->hand_over(session, {{"agent", *view}}, made->api_key, kNextStep);
}

int list(const Session& session) {
    const auto desk = open_desk(session);
    if (!desk) return report(session, desk.error());
    const auto agents = (*desk)->opened.store->agents();
    if (!agents) return report(session, agents.error());
    Json out = Json::array();
    for (const auto& agent : *agents) {
        const auto view = (*desk)->view(agent);
        if (!view) return report(session, view.error());
        out.push_back(*view);
        if (!session.json) {
            std::cout << agent.id << "  " << (agent.is_active ? "active     " : "deactivated")
                      << "  " << agent.name
                      << (agent.policy_id ? "  policy " + *agent.policy_id : "") << "\n";
        }
    }
    if (session.json) print_json({{"agents", out}});
    if (!session.json && agents->empty())
        std::cout << "No agents yet; make one with: chela agent create NAME\n";
    return 0;
}

int show(const Session& session, const std::string& id) {
    const auto desk = open_desk(session);
    if (!desk) return report(session, desk.error());
    const auto agent = (*desk)->opened.store->agent(id);
    if (!agent) return report(session, agent.error());
    const auto view = (*desk)->view(*agent);
    if (!view) return report(session, view.error());
    session.json ? print_json(*view) : print_agent(*agent, *view);
    return 0;
}

int update(
    const Session& session, const std::string& id, const AgentFlags& flags, bool unrestricted) {
    const auto request = to_request(flags);
    if (!request) return report(session, request.error());
    const auto desk = open_desk(session);
    if (!desk) return report(session, desk.error());
    const auto change = [&](store::AgentRecord& agent) -> Status {
        const bool was_unrestricted = is_unrestricted(agent);
        auto ok = api::apply_agent_request(
            agent, *request, api::AgentRequestKind::update, (*desk)->resolver());
        const bool opens = ok && !was_unrestricted && is_unrestricted(agent);
        if (opens && !unrestricted) return std::unexpected{unrestricted_error()};
        return ok;
    };
    const auto updated = (*desk)->agents.update(id, kOperator, change);
    if (!updated) return report(session, updated.error());
    const auto view = (*desk)->view(*updated);
    if (!view) return report(session, view.error());
    session.json ? print_json(*view) : print_agent(*updated, *view);
    return 0;
}

int rotate(const Session& session, const std::string& id, const std::string& key_file) {
    const auto desk = open_desk(session);
    if (!desk) return report(session, desk.error());
    auto outlet = KeyOutlet::open(key_file);
    if (!outlet) return report(session, outlet.error());
    const auto key = (*desk)->agents.rotate_key(id, kOperator);
    if (!key) return report(session, key.error());
    return outlet->hand_over(session, Json{{"agent_id", id}}, *key, kNextStep);
}

int deactivate(const Session& session, const std::string& id) {
    const auto desk = open_desk(session);
    if (!desk) return report(session, desk.error());
    if (auto ok = (*desk)->agents.deactivate(id, kOperator); !ok)
        return report(session, ok.error());
    if (session.json) {
        print_json({{"agent_id", id}, {"is_active", false}});
    } else {
        std::cout << "Deactivated; its key and tokens no longer work.\n";
    }
    return 0;
}

void add_create(CLI::App& command, Session& session) {
    auto* make = command.add_subcommand("create", "Make an agent with guardrails");
    const auto flags = std::make_shared<AgentFlags>();
    const auto unrestricted = std::make_shared<bool>(false);
    const auto key_file = std::make_shared<std::string>();
    make->add_option("name", flags->name, "Its name")->required();
    add_agent_flags(*make, flags);
    make->add_flag("--unrestricted", *unrestricted, "Yes, without naming its recipients");
    auto* write_key = make->add_option(
        "--write-key", *key_file,
        "Write the API key into this new 0600 file instead of showing it");
    make->add_option(
            "--identity", flags->identity,
            "The agent of this identity in chela.yaml, with the key that its authority elsewhere "
            "has for it")
        ->excludes(write_key);
    make->footer(
        "Example:\n  chela agent create payer --chain base --to 0x… --max-value 0.5 --daily-limit "
        "2 --write-key payer.key\n  chela agent create treasurer --policy treasury-agent\n  chela "
        "agent "
        "create payer --identity payer --chain base --to 0x… --max-value 0.5");
    make->callback([&session, flags, unrestricted, key_file] {
        session.run = [&session, flags, unrestricted, key_file] {
            return create(session, *flags, *unrestricted, *key_file);
        };
    });
}

void add_update(CLI::App& command, Session& session) {
    auto* change = command.add_subcommand("update", "Change an agent; what is not named stays");
    const auto flags = std::make_shared<AgentFlags>();
    const auto id = std::make_shared<std::string>();
    change->add_option("id", *id, "The agent's id")->required();
    change->add_option("--name", flags->name, "A new name");
    add_agent_flags(*change, flags);
    change
        ->add_option(
            "--clear", flags->clear,
            "Remove a limit, by its API name (tx_max_value, tx_to_allowlist, …)")
        ->delimiter(',');
    change->footer(
        "Example:\n  chela agent update 1b4e28ba-… --max-value 1 --clear tx_max_per_day");
    const auto unrestricted = std::make_shared<bool>(false);
    change->add_flag(
        "--unrestricted", *unrestricted, "Yes, leave it neither recipients nor a policy");
    change->callback([&session, flags, id, unrestricted] {
        session.run = [&session, flags, id, unrestricted] {
            return update(session, *id, *flags, *unrestricted);
        };
    });
}

}  // namespace

void add_agent(CLI::App& app, Session& session) {
    auto* command = app.add_subcommand("agent", "Agents, their guardrails and their API keys");
    command->require_subcommand(1);
    add_create(*command, session);
    add_update(*command, session);

    auto* all = command->add_subcommand("list", "List agents");
    all->footer("Example:\n  chela agent list --json | jq -r '.agents[].id'");
    all->callback([&session] { session.run = [&session] { return list(session); }; });

    const auto id = std::make_shared<std::string>();
    auto* one = command->add_subcommand("show", "Show an agent and what its guardrails mean");
    one->add_option("id", *id, "The agent's id")->required();
    one->footer("Example:\n  chela agent show 1f6f8cfd-…");
    one->callback([&session, id] { session.run = [&session, id] { return show(session, *id); }; });

    const auto key_file = std::make_shared<std::string>();
    auto* rotated = command->add_subcommand(
        "rotate-key", "Give an agent a new API key; the old one and its tokens end at once");
    rotated->add_option("id", *id, "The agent's id")->required();
    rotated->add_option(
        "--write-key", *key_file,
        "Write the API key into this new 0600 file instead of showing it");
    rotated->footer("Example:\n  chela agent rotate-key 1f6f8cfd-… --write-key agent.key");
    rotated->callback([&session, id, key_file] {
        session.run = [&session, id, key_file] { return rotate(session, *id, *key_file); };
    });

    auto* ended =
        command->add_subcommand("deactivate", "End an agent; nothing it submitted is undone");
    ended->add_option("id", *id, "The agent's id")->required();
    ended->footer("Example:\n  chela agent deactivate 1f6f8cfd-…");
    ended->callback(
        [&session, id] { session.run = [&session, id] { return deactivate(session, *id); }; });
}

}  // namespace chela::sidecar::cli
