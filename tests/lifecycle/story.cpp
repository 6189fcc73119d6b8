#include "tests/lifecycle/story.hpp"

#include "sidecar/flow/agents.hpp"
#include "tests/lifecycle/invariants.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::test::lifecycle {
namespace {

namespace flow = sidecar::flow;
namespace store = sidecar::store;

const Address kPayee = address(0xa1);
constexpr unsigned kSteps = 40;
constexpr unsigned kMostIntents = 12;
constexpr unsigned kPatience = 80;  // rounds without trouble until all must have ended

bool is_open(const store::IntentRecord& intent) {
    return !store::is_final(intent.state) && intent.state != store::IntentState::received;
}

}  // namespace

Story::Story(std::uint64_t seed) : universe_{seed} {}

void Story::begin() {
    process_ = std::make_unique<Process>(universe_);
    flow::Agents agents{process_->store(), process_->keyring(), universe_.clock};
    for (const auto* name : {"one", "two"}) {
        store::AgentRecord draft;
        draft.name = name;
        draft.intents_api_enabled = true;
        draft.guardrails.everywhere.to_allowlist = {kPayee};
        draft.guardrails.everywhere.max_value = ether("1");
        const auto created = agents.create(std::move(draft), "operator");
        if (!created) bug("the agent of a life is refused: " + created.error().detail);
        const auto& key_id = created->agent.signing_key_id;
        if (!key_id) bug("the agent of a life has no key");
        const auto key = process_->store().key(*key_id);
        if (!key) bug("the key of a life's agent is not stored");
        agents_.push_back(created->agent.id);
        signers_.push_back(key->address);
        universe_.chain->fund(key->address, ether("100"));
    }
}

std::vector<std::string> Story::tell() {
    begin();
    universe_.trouble(universe_.draw(3) * 20);
    for (unsigned i = 0; i < kSteps; ++i)
        step();
    calm_down();
    check_invariants(
        {.universe = universe_,
         .store = process_->store(),
         .signers = signers_,
         .asked = asked_,
         .foreign = foreign_,
         .payee = kPayee});
    return universe_.troubles;
}

void Story::step() {
    switch (universe_.draw(10)) {
        case 0:
        case 1:
        case 2:
            ask();
            break;
        case 3:
            ask_again();
            break;
        case 4:
            touch_one();
            break;
        case 5:
        case 6:
        case 7:
            move_chain();
            break;
        case 8:
            end_process();
            break;
        default:
            hand_over_one();
            break;
    }
    process_->pump(1 + universe_.draw(2));
    revive_if_dead();
    watch();
}

/// Each asks for another amount, by which the chain tells them apart.
void Story::ask() {
    if (asked_.size() >= kMostIntents) return;
    const auto agent = universe_.draw(2);
    Asked wish;
    wish.agent_id = agents_[agent];
    wish.key = fmt::format("key-{}", asked_.size());
    wish.request.chain = chain_of_lives();
    wish.request.to = kPayee;
    wish.request.value = wei(1'000 + asked_.size());
    if (universe_.happens(8)) wish.request.value = ether("2");  // over the limit
    if (universe_.happens(10))
        wish.request.valid_until = universe_.clock.time + std::chrono::seconds{universe_.draw(60)};
    if (universe_.happens(10)) wish.request.delivery = flow::Delivery::sign_only;
    asked_.push_back(wish);
    const auto index = asked_.size() - 1;
    process_->submit(wish.agent_id, wish.key, wish.request, [this, index](const auto& submission) {
        remember(index, submission);
    });
}

void Story::ask_again() {
    if (asked_.empty()) return;
    const auto index = universe_.draw(static_cast<unsigned>(asked_.size()));
    const auto& wish = asked_[index];
    auto request = wish.request;
    const bool is_other = universe_.happens(20);
    if (is_other) request.value = other_value(index);
    process_->submit(
        wish.agent_id, wish.key, request, [this, index, is_other](const auto& submission) {
            if (!is_other) {
                remember(index, submission);
            } else if (submission && !universe_.mortality.is_dead()) {
                // The first may never have been stored: then this is what the key is for.
                if (!asked_[index].intent_id.empty())
                    universe_.troubles.emplace_back("I6: one key, two requests");
            }
        });
}

void Story::remember(std::size_t index, const Result<flow::Submission>& submission) {
    if (!submission || universe_.mortality.is_dead()) return;
    auto& wish = asked_[index];
    if (submission->intent.value != wish.request.value) return;  // see ask_again
    if (!wish.intent_id.empty() && wish.intent_id != submission->intent.id)
        universe_.troubles.emplace_back("I6: one key, two intents");
    wish.intent_id = submission->intent.id;
    if (submission->intent.state == store::IntentState::sign_only && wish.signed_bytes.empty())
        wish.signed_bytes = submission->intent.signed_bytes;
}

void Story::touch_one() {
    if (asked_.empty()) return;
    auto& wish = asked_[universe_.draw(static_cast<unsigned>(asked_.size()))];
    if (wish.intent_id.empty()) return;
    if (universe_.happens(60)) {
        wish.is_cancelled = true;
        process_->cancel(wish.intent_id);
    } else {
        process_->speed_up(wish.intent_id);
    }
}

/// What an agent was given it brings back, maybe more than once, maybe after it gave it up; or it
/// sends it past chela.
void Story::hand_over_one() {
    std::vector<const Asked*> holders;
    for (const auto& wish : asked_)
        if (!wish.signed_bytes.empty()) holders.push_back(&wish);
    if (holders.empty()) return;
    const auto& wish = *holders[universe_.draw(static_cast<unsigned>(holders.size()))];
    if (universe_.happens(30)) {
        static_cast<void>(universe_.chain->submit(wish.signed_bytes));
    } else {
        process_->hand_over(wish.agent_id, wish.signed_bytes);
    }
}

void Story::move_chain() {
    using fake_node::Fate;
    auto& chain = *universe_.chain;
    switch (universe_.draw(8)) {
        case 0:
        case 1:
            chain.mine(1 + universe_.draw(2));
            break;
        case 2:
            chain.mine_empty(1 + universe_.draw(3));
            break;
        case 3:
            // What has as many confirmations as are waited for stays.
            chain.reorg(
                1 + universe_.draw(Universe::kConfirmations - 1),
                universe_.happens(50) ? Fate::back_to_pool : Fate::gone);
            break;
        case 4:
            for (const auto& signer : signers_) {
                const auto line = chain.pool().executable(signer);
                if (!line.empty() && universe_.happens(50)) chain.evict(line.begin()->second.hash);
            }
            break;
        case 5:
            chain.set_base_fee(wei(1'000'000'000ULL * (1 + universe_.draw(4))));
            chain.mine(1);
            break;
        case 6:
            if (universe_.happens(15)) intrude();
            break;
        default:
            universe_.clock.time += std::chrono::seconds{universe_.draw(30)};
            break;
    }
}

/// Somebody else has a key of the agents' and uses it, past every node that chela asks.
void Story::intrude() {
    const auto& signer = signers_[universe_.draw(2)];
    const auto nonce = universe_.chain->nonce(signer);
    sign_as(signer, nonce);
    intruded_.emplace(signer, nonce);
}

void Story::sign_as(const Address& signer, Nonce nonce) {
    const auto number = std::ranges::find(signers_, signer) - signers_.begin() + 1;
    const TestKey key{fmt::format("0x{:064x}", number)};  // as FakeToken makes them
    if (chains::address_of(key.public_key()) != signer) bug("the stranger has another key");
    foreign_.insert(universe_.chain->foreign_transaction(key, nonce, address(0xf0), wei(1)));
}

/// What a reorganisation took from the stranger is sent again, unless somebody took its place: what
/// chela began behind it would wait for ever.
void Story::intrude_again() {
    for (const auto& [signer, nonce] : intruded_) {
        const auto next = universe_.chain->nonce(signer);
        const auto slots = process_->store().slots({chain_of_lives().chain_id, signer});
        if (!slots) bug("the store of a life does not answer");
        const bool is_hole = next == nonce && !slots->empty() &&
                             slots->front().intent.nonce.value_or(Nonce{}) > nonce;
        if (is_hole) sign_as(signer, nonce);
    }
}

/// What `chela lane unfreeze --lost-below` takes: all that the chain has used, up to a transaction
/// of the lane's own that is still to be seen.
Nonce Story::lost_below(const policy::Lane& lane) {
    const auto slots = process_->store().slots(lane);
    if (!slots) bug("the store of a life does not answer");
    const auto& chain = *universe_.chain;
    for (const auto& slot : *slots) {
        const bool is_there = std::ranges::any_of(slot.attempts, [&](const auto& attempt) {
            return chain.find(attempt.hash).has_value();
        });
        if (is_there && slot.intent.nonce && slot.intent.state != store::IntentState::mined)
            return std::min(*slot.intent.nonce, chain.nonce(lane.address));
    }
    return chain.nonce(lane.address);
}

/// As an operator does who has looked at it.
void Story::thaw_lanes() {
    const auto lanes = process_->store().lanes();
    if (!lanes) bug("the store of a life does not answer");
    for (const auto& lane : *lanes) {
        if (!lane.frozen_at) continue;
        if (!intruded_.contains(lane.lane.address))
            universe_.troubles.emplace_back("a lane froze without a reason");
        const auto thawed = process_->store().unfreeze_lane(
            lane.lane, lost_below(lane.lane),
            {.at = universe_.clock.time,
             .actor = "operator",
             .action = "lane.unfrozen",
             .subject = {},
             .detail = "{}"});
        if (!thawed) bug("a lane of a life is not thawed: " + thawed.error().detail);
    }
}

/// Soon, around a commit or a send; or now, in order. Now and then the token is away as well.
void Story::end_process() {
    if (universe_.happens(30)) {
        const bool is_away = universe_.happens(50);
        universe_.token.behaviour.fail_sign(
            is_away ? std::optional{Error{ErrorCode::unavailable, "away", "E_TOKEN"}}
                    : std::nullopt);
        return;
    }
    universe_.mortality.end_after(1 + universe_.draw(12));
}

void Story::revive_if_dead() {
    if (!universe_.mortality.is_dead()) return;
    process_.reset();
    universe_.mortality.revive();
    ++deaths_;
    process_ = std::make_unique<Process>(universe_);
}

/// I2, I11: what was once true of a nonce or of an end stays true.
void Story::watch() {
    const auto intents = process_->store().intents({}, 1'000);
    if (!intents) return;  // it dies
    for (const auto& intent : *intents) {
        if (intent.nonce) {
            const auto [seen, is_new] = nonces_.emplace(intent.id, *intent.nonce);
            if (!is_new && seen->second != *intent.nonce)
                universe_.troubles.push_back("I2: an intent has two nonces");
        }
        if (!store::is_final(intent.state)) continue;
        const auto [seen, is_new] = finals_.emplace(intent.id, intent.state);
        if (!is_new && seen->second != intent.state) {
            universe_.troubles.push_back(
                fmt::format("I11: {} became {}", to_string(seen->second), to_string(intent.state)));
        }
    }
}

bool Story::is_quiescent() {
    const auto intents = process_->store().intents({}, 1'000);
    if (!intents) bug("the store of a life does not answer");
    return std::ranges::none_of(*intents, is_open);
}

void Story::calm_down() {
    universe_.mortality.revive();
    universe_.trouble(0);
    universe_.token.behaviour.fail_sign(std::nullopt);
    universe_.chain->set_base_fee(wei(1'000'000'000));
    universe_.clock.time += std::chrono::minutes{1};  // nodes that were left alone are asked again
    process_->pump(10);
    if (process_->unanswered() > 0) {
        std::string open;
        const auto intents = process_->store().intents({}, 1'000);
        for (const auto& intent : *intents) {
            if (is_open(intent))
                open += fmt::format(
                    "\n  {} {} nonce {} {}", intent.id, to_string(intent.state),
                    intent.nonce.value_or(Nonce{}).value, intent.error_code);
        }
        universe_.troubles.push_back("I16: nothing is in the way, and a request hangs:" + open);
    }
    process_.reset();
    process_ = std::make_unique<Process>(universe_);
    for (unsigned round = 0; round < kPatience; ++round) {
        process_->pump(3);
        watch();
        if (is_quiescent()) return;
        // What its caller never sends holds everything up.
        const auto intents = process_->store().intents({}, 1'000);
        for (const auto& intent : *intents) {
            const bool is_waited_for =
                store::waits_for_its_caller(intent) && intent.goal == chains::lane::Goal::execute;
            if (is_waited_for) process_->cancel(intent.id);
        }
        universe_.chain->mine();
        intrude_again();
        thaw_lanes();
    }
    const auto intents = process_->store().intents({}, 1'000);
    for (const auto& intent : *intents) {
        if (!is_open(intent)) continue;
        universe_.troubles.push_back(fmt::format(
            "I5: {} is still {} with nonce {}: {} {}", intent.id, to_string(intent.state),
            intent.nonce.value_or(Nonce{}).value, intent.error_code, intent.error_message));
    }
}

}  // namespace chela::test::lifecycle
