#include "sidecar/store/intent_row.hpp"

#include "sidecar/store/columns.hpp"
#include "sidecar/store/lane_row.hpp"

#include <array>
#include <utility>

namespace chela::sidecar::store {
namespace {

const std::string kSelect =
    "SELECT i.id, i.agent_id, i.idempotency_hash, i.fingerprint, i.state, i.operation, "
    "i.sign_only, i.chain, i.chain_id, i.signing_key_id, i.from_address, i.to_address, i.value, "
    "i.nonce, "
    "i.max_fee_per_gas, i.max_priority_fee_per_gas, r.preimage, a.signed_bytes, a.hash, "
    "i.simulation_id, i.simulation_status, i.error_code, i.error_message, i.violations, "
    "i.request, i.result, i.decision_id, i.approval_id, i.goal, i.end_code, i.speed_up, "
    "i.valid_until, i.mined_attempt, i.block_number, i.block_hash, i.gas_used, i.created_at, "
    "i.updated_at, a.at "
    "FROM intents i "
    "LEFT JOIN reservations r ON r.intent_id = i.id AND r.state <> 'released' "
    "LEFT JOIN attempts a ON a.intent_id = i.id AND a.n = ifnull(i.mined_attempt, "
    "(SELECT max(n) FROM attempts WHERE intent_id = i.id)) ";

constexpr std::array kStates{
    std::pair{IntentState::received, std::string_view{"received"}},
    std::pair{IntentState::awaiting_approval, std::string_view{"awaiting_approval"}},
    std::pair{IntentState::denied, std::string_view{"denied"}},
    std::pair{IntentState::simulation_failed, std::string_view{"simulation_failed"}},
    std::pair{IntentState::failed, std::string_view{"failed"}},
    std::pair{IntentState::reserved, std::string_view{"reserved"}},
    std::pair{IntentState::signed_, std::string_view{"signed"}},
    std::pair{IntentState::sign_only, std::string_view{"sign_only"}},
    std::pair{IntentState::broadcast, std::string_view{"broadcast"}},
    std::pair{IntentState::stalled, std::string_view{"stalled"}},
    std::pair{IntentState::cancelling, std::string_view{"cancelling"}},
    std::pair{IntentState::mined, std::string_view{"mined"}},
    std::pair{IntentState::confirmed, std::string_view{"confirmed"}},
    std::pair{IntentState::reverted, std::string_view{"reverted"}},
    std::pair{IntentState::cancelled, std::string_view{"cancelled"}},
    std::pair{IntentState::signed_message, std::string_view{"signed_message"}},
};

IntentState read_state(ColumnReader& read, const std::string& text) {
    for (const auto& [state, name] : kStates) {
        if (name == text) return state;
    }
    read.expect(false, "an intent's state");
    return IntentState::failed;
}

policy::Operation read_operation(ColumnReader& read, const std::string& text) {
    const auto known = policy::parse_operation(text);
    read.expect(known.has_value(), "an operation");
    return known.value_or(policy::Operation::transaction);
}

chains::lane::Goal read_goal(ColumnReader& read, const std::string& text) {
    const auto known = parse_goal(text);
    read.expect(known.has_value(), "an intent's goal");
    return known.value_or(chains::lane::Goal::cancel);
}

struct HeadRow {
    std::string id, state, operation;
    Integer sign_only{}, is_signed{};
    std::string goal;
    Integer chain_id{};
    std::string from;
    std::optional<std::string> block_hash;

    auto columns() {
        return std::tie(
            id, state, operation, sign_only, is_signed, goal, chain_id, from, block_hash);
    }
    [[nodiscard]] Result<IntentHead> record() const {
        ColumnReader read;
        IntentHead head{
            .id = id,
            .state = read_state(read, state),
            .operation = read_operation(read, operation),
            .sign_only = sign_only == 1,
            .is_signed = is_signed == 1,
            .goal = read_goal(read, goal),
            .chain_id = ChainId{read.number(chain_id)},
            .from = read.fixed<Address>(from),
            .block_hash = std::nullopt};
        if (block_hash) head.block_hash = read.fixed<BlockHash>(*block_hash);
        if (!read.status()) return std::unexpected{read.status().error()};
        return head;
    }
};

struct IntentRow {
    std::string id, agent_id, idempotency_hash, fingerprint, state, operation;
    Integer sign_only{};
    std::string chain;
    Integer chain_id{};
    std::string signing_key_id, from;
    std::optional<std::string> to;
    std::string value;
    std::optional<Integer> nonce;
    std::string max_fee_per_gas, max_priority_fee_per_gas;
    std::optional<std::string> preimage, signed_bytes, hash;
    std::string simulation_id, simulation_status, error_code, error_message, violations;
    std::string request, result, decision_id, approval_id, goal, end_code, speed_up;
    std::optional<Integer> valid_until, mined_attempt, block_number;
    std::optional<std::string> block_hash;
    std::optional<Integer> gas_used;
    Integer created_at{}, updated_at{};
    std::optional<Integer> signed_at;

    auto columns() {
        return std::tie(
            id, agent_id, idempotency_hash, fingerprint, state, operation, sign_only, chain,
            chain_id, signing_key_id, from, to, value, nonce, max_fee_per_gas,
            max_priority_fee_per_gas, preimage, signed_bytes, hash, simulation_id,
            simulation_status, error_code, error_message, violations, request, result, decision_id,
            approval_id, goal, end_code, speed_up, valid_until, mined_attempt, block_number,
            block_hash, gas_used, created_at, updated_at, signed_at);
    }
    [[nodiscard]] Result<IntentRecord> record() const;
};

Result<IntentRecord> IntentRow::record() const {
    ColumnReader read;
    IntentRecord intent;
    intent.id = id;
    intent.agent_id = agent_id;
    intent.idempotency_hash = idempotency_hash;
    intent.fingerprint = fingerprint;
    intent.state = read_state(read, state);
    intent.operation = read_operation(read, operation);
    intent.sign_only = sign_only == 1;
    intent.chain = chain;
    intent.chain_id = ChainId{read.number(chain_id)};
    intent.signing_key_id = signing_key_id;
    intent.from = read.fixed<Address>(from);
    if (to) intent.to = read.fixed<Address>(*to);
    intent.value = read.amount(value);
    if (nonce) intent.nonce = Nonce{read.number(*nonce)};
    intent.max_fee_per_gas = max_fee_per_gas;
    intent.max_priority_fee_per_gas = max_priority_fee_per_gas;
    if (preimage) intent.preimage = read.bytes(*preimage);
    if (signed_bytes) intent.signed_bytes = read.bytes(*signed_bytes);
    if (hash) intent.hash = read.fixed<TxHash>(*hash);
    intent.simulation_id = simulation_id;
    intent.simulation_status = simulation_status;
    intent.error_code = error_code;
    intent.error_message = error_message;
    intent.violations = violations;
    intent.request = request;
    intent.result = result;
    intent.decision_id = decision_id;
    intent.approval_id = approval_id;
    intent.goal = read_goal(read, goal);
    intent.end_code = end_code;
    intent.speed_up = speed_up;
    intent.valid_until = read.time(valid_until);
    if (mined_attempt) intent.mined_attempt = static_cast<unsigned>(read.number(*mined_attempt));
    if (block_number) intent.block_number = BlockNumber{read.number(*block_number)};
    if (block_hash) intent.block_hash = read.fixed<BlockHash>(*block_hash);
    if (gas_used) intent.gas_used = Gas{read.number(*gas_used)};
    intent.created_at = read.time(created_at);
    intent.updated_at = read.time(updated_at);
    intent.signed_at = read.time(signed_at);
    if (!read.status()) return std::unexpected{read.status().error()};
    return intent;
}

std::unexpected<Error> no_such_intent() {
    return fail(ErrorCode::not_found, "there is no such intent");
}

}  // namespace

std::string_view to_string(IntentState state) {
    for (const auto& [value, name] : kStates) {
        if (value == state) return name;
    }
    bug("an IntentState that does not exist");
}

bool is_final(IntentState state) {
    switch (state) {
        case IntentState::denied:
        case IntentState::simulation_failed:
        case IntentState::failed:
        case IntentState::confirmed:
        case IntentState::reverted:
        case IntentState::cancelled:
        case IntentState::signed_message:
            return true;
        case IntentState::received:
        case IntentState::awaiting_approval:
        case IntentState::reserved:
        case IntentState::signed_:
        case IntentState::sign_only:
        case IntentState::broadcast:
        case IntentState::stalled:
        case IntentState::cancelling:
        case IntentState::mined:
            return false;
    }
    bug("an IntentState that does not exist");
}

bool waits_for_its_caller(const IntentRecord& intent) {
    using enum IntentState;
    return intent.sign_only &&
           (intent.state == reserved || intent.state == sign_only || intent.state == cancelling);
}

Result<std::vector<IntentRecord>> select_intents(Session& session, const std::string& where) {
    return select_all<IntentRow>(session, kSelect + where);
}

Result<std::vector<IntentRecord>> select_intents(
    Session& session, const std::string& where, const std::string& first) {
    return select_all<IntentRow>(session, kSelect + where, first);
}

Result<std::vector<IntentRecord>> select_intents(
    Session& session,
    const std::string& where,
    const std::string& first,
    const std::string& second) {
    return select_all<IntentRow>(session, kSelect + where, first, second);
}

Result<IntentRecord> find_intent(Session& session, const std::string& id) {
    auto found = select_intents(session, "WHERE i.id = :id", id);
    if (!found) return std::unexpected{found.error()};
    if (found->empty()) return no_such_intent();
    return std::move(found->front());
}

Result<IntentHead> find_head(Session& session, const std::string& id) {
    auto found = select_one<HeadRow>(
        session,
        "SELECT id, state, operation, sign_only, result <> '' OR EXISTS(SELECT 1 FROM attempts "
        "WHERE intent_id = intents.id), goal, chain_id, from_address, block_hash FROM intents "
        "WHERE id = :id",
        id);
    if (!found) return std::unexpected{found.error()};
    if (!*found) return no_such_intent();
    return **std::move(found);
}

}  // namespace chela::sidecar::store
