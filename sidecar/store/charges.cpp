#include "sidecar/store/charges.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <ratio>
#include <string_view>

namespace chela::sidecar::store {
namespace {

using policy::Budget;
using policy::Charge;
using policy::MeterKey;
using policy::SpentCharge;

const std::string kSelect =
    "SELECT reservation_id, n, chain_id, amount, slot, at, state = 'reserved' FROM charges "
    "WHERE owner = :owner AND meter = :meter AND scope = :scope AND state = ";

const std::string kOfMeter = "owner = :owner AND meter = :meter AND scope = :scope ";
const std::string kSettled = "SELECT chain_id, amount, at FROM charges WHERE " + kOfMeter +
                             "AND state = 'settled' AND slot <> :slot ";
/// A span's whole quarters, and what lies before and after them.
const std::string kSumSettled =
    "SELECT chain_id, amount_sum(amount), max(at), 0 FROM (" + kSettled +
    "AND at >= :first AND at < :first_end UNION ALL "
    "SELECT nullif(chain_id, 0), amount, at FROM settled_sums WHERE " +
    kOfMeter + "AND quarter >= :quarter AND quarter < :quarter_end UNION ALL " + kSettled +
    "AND at >= :last AND at < :end) GROUP BY chain_id";
/// The charges of one reservation, which are settled by now.
const std::string kAddSettled =
    "INSERT INTO settled_sums(owner, meter, scope, quarter, chain_id, amount, at) "
    "SELECT owner, meter, scope, at / :quarter, ifnull(chain_id, 0), amount_sum(amount), max(at) "
    "FROM charges WHERE reservation_id = :id AND amount <> '0' GROUP BY 1, 2, 3, 4, 5 "
    "ON CONFLICT(owner, meter, scope, quarter, chain_id) DO UPDATE SET at = excluded.at, amount = "
    "(SELECT amount_sum(one) FROM (SELECT settled_sums.amount AS one UNION ALL SELECT "
    "excluded.amount))";
const std::string kSumOpen = "SELECT chain_id, amount_sum(amount), 0, 1 FROM charges WHERE " +
                             kOfMeter +
                             "AND state = 'reserved' AND slot <> :slot GROUP BY chain_id";
const std::string kSelectOwn =
    "SELECT c.chain_id, c.amount, c.at, c.state = 'reserved' FROM reservations r "
    "JOIN charges c ON c.reservation_id = r.id WHERE r.slot = :slot AND r.state <> 'released' "
    "AND c.owner = :owner AND c.meter = :meter AND c.scope = :scope "
    "AND (c.state = 'reserved' OR (c.state = 'settled' AND c.at >= :first)) ORDER BY c.n";

/// Of settled_sums; as its schema has them.
using Quarters = std::chrono::duration<Integer, std::ratio<900>>;
using Milliseconds = std::chrono::duration<Integer, std::milli>;

/// [first, end) in three: [first, first_end), the whole quarters [from, until), [last, end).
struct Span {
    Integer first{}, first_end{}, from{}, until{}, last{}, end{};
};

/// @param by_quarters  false: all of it is before the quarters
Span split(TimePoint first, TimePoint end, bool by_quarters) {
    const Milliseconds begins{to_column(first)};
    const Milliseconds ends{to_column(end)};
    const auto from = std::chrono::ceil<Quarters>(by_quarters ? begins : ends);
    const auto until = std::max(from, std::chrono::floor<Quarters>(ends));
    return {
        .first = begins.count(),
        .first_end = std::min<Milliseconds>(from, ends).count(),
        .from = from.count(),
        .until = until.count(),
        .last = Milliseconds{until}.count(),
        .end = ends.count()};
}

/// A charge and its place in the order of all.
struct Placed {
    Integer reservation_id{}, n{};
    SpentCharge spent;
};

struct SpentRow {
    Integer reservation_id{}, n{};
    std::optional<Integer> chain_id;
    std::string amount, slot;
    Integer at{}, is_open{};

    auto columns() { return std::tie(reservation_id, n, chain_id, amount, slot, at, is_open); }
    [[nodiscard]] Result<Placed> record() const {
        ColumnReader read;
        Placed out{.reservation_id = reservation_id, .n = n, .spent = {}};
        if (chain_id) out.spent.charge.chain = ChainId{read.number(*chain_id)};
        out.spent.charge.amount = read.amount(amount).value;
        out.spent.slot = slot;
        out.spent.at = is_open == 1 ? policy::kStillOpen : read.time(at);
        if (!read.status()) return std::unexpected{read.status().error()};
        return out;
    }
};

/// A sum, or one charge of the slot itself.
struct SumRow {
    std::optional<Integer> chain_id;
    std::string amount;
    Integer at{}, is_open{};

    auto columns() { return std::tie(chain_id, amount, at, is_open); }
    [[nodiscard]] Result<SpentCharge> record() const {
        ColumnReader read;
        SpentCharge out;
        if (chain_id) out.charge.chain = ChainId{read.number(*chain_id)};
        out.charge.amount = read.amount(amount).value;
        out.at = is_open == 1 ? policy::kStillOpen : read.time(at);
        if (!read.status()) return std::unexpected{read.status().error()};
        return out;
    }
};

struct ChargeRow {
    std::string owner, meter, scope;
    std::optional<Integer> chain_id;
    std::string amount, counts;

    auto columns() { return std::tie(owner, meter, scope, chain_id, amount, counts); }
    [[nodiscard]] Result<Charge> record() const {
        ColumnReader read;
        const auto of = policy::parse_scope(scope);
        read.expect(of.has_value(), "a budget's scope");
        const auto counted = policy::parse_counts(counts);
        read.expect(counted.has_value(), "what a budget counts");
        Charge charge{
            .key = {of.value_or(Budget::Scope::agent), owner, meter},
            .chain = std::nullopt,
            .amount = read.amount(amount).value,
            .counts = counted.value_or(Budget::Counts::signatures)};
        if (chain_id) charge.chain = ChainId{read.number(*chain_id)};
        if (!read.status()) return std::unexpected{read.status().error()};
        return charge;
    }
};

/// @param since  empty: the open ones
Status append(
    Session& session,
    const MeterKey& key,
    const std::optional<TimePoint>& since,
    std::vector<Placed>& out) {
    const std::string scope{to_string(key.scope)};
    auto rows =
        since ? select_all<SpentRow>(
                    session, kSelect + "'settled' AND at >= :since", key.owner, key.meter, scope,
                    to_column(*since))
              : select_all<SpentRow>(session, kSelect + "'reserved'", key.owner, key.meter, scope);
    if (!rows) return std::unexpected{rows.error()};
    for (auto& row : *rows) {
        row.spent.charge.key = key;
        out.push_back(std::move(row));
    }
    return {};
}

}  // namespace

Result<std::vector<SpentCharge>> select_charges(
    Session& session, const std::vector<MeterKey>& meters, TimePoint since) {
    std::vector<Placed> found;
    for (const auto& key : meters) {
        auto status = append(session, key, std::nullopt, found);
        if (status) status = append(session, key, since, found);
        if (!status) return std::unexpected{status.error()};
    }
    std::ranges::sort(
        found, {}, [](const Placed& one) { return std::pair{one.reservation_id, one.n}; });
    std::vector<SpentCharge> out;
    out.reserve(found.size());
    for (auto& one : found)
        out.push_back(std::move(one.spent));
    return out;
}

Result<std::vector<SpentCharge>> select_sums(
    Session& session,
    const MeterKey& meter,
    const std::set<TimePoint>& edges,
    const std::string& slot) {
    std::vector<SpentCharge> out;
    const std::string scope{to_string(meter.scope)};
    const auto append = [&](Result<std::vector<SpentCharge>> rows,
                            const std::string& of) -> Status {
        if (!rows) return std::unexpected{rows.error()};
        for (auto& row : *rows) {
            row.charge.key = meter;
            row.slot = of;
            out.push_back(std::move(row));
        }
        return {};
    };
    const auto first = edges.empty() ? policy::kStillOpen : *edges.begin();
    auto status = append(
        select_all<SumRow>(
            session, kSelectOwn, slot, meter.owner, meter.meter, scope, to_column(first)),
        slot);
    // A quarter's sum has every slot's charges in it.
    const bool has_own_settled =
        std::ranges::any_of(out, [](const auto& own) { return own.at != policy::kStillOpen; });
    for (auto edge = edges.begin(); status && edge != edges.end(); ++edge) {
        const auto next = std::next(edge);
        const auto end = next == edges.end() ? policy::kStillOpen : *next;
        const auto span = split(*edge, end, !has_own_settled);
        status = append(
            select_all<SumRow>(
                session, kSumSettled, meter.owner, meter.meter, scope, slot, span.first,
                span.first_end, span.from, span.until, span.last, span.end),
            {});
    }
    if (status) {
        status = append(
            select_all<SumRow>(session, kSumOpen, meter.owner, meter.meter, scope, slot), {});
    }
    if (!status) return std::unexpected{status.error()};
    return out;
}

Result<TimePoint> high_water(Session& session) {
    const auto found = select_one<SingleColumn<std::optional<Integer>>>(
        session, "SELECT max(charged_at) FROM reservations");
    if (!found) return std::unexpected{found.error()};
    const auto latest = found->value_or(std::nullopt);
    return latest ? ColumnReader{}.time(*latest) : TimePoint{};
}

Result<std::vector<Charge>> charges_of(Session& session, Integer reservation_id) {
    return select_all<ChargeRow>(
        session,
        "SELECT owner, meter, scope, chain_id, amount, counts FROM charges WHERE reservation_id = "
        ":id "
        "ORDER BY n",
        reservation_id);
}

Status insert_charges(
    Session& session,
    Integer reservation_id,
    const std::string& slot,
    const std::vector<Charge>& charges,
    Integer at) {
    Integer n = 0;
    for (const auto& charge : charges) {
        std::optional<Integer> chain_id;
        if (charge.chain) {
            const auto id = to_column(charge.chain->value, "chain id");
            if (!id) return std::unexpected{id.error()};
            chain_id = *id;
        }
        run(session,
            "INSERT INTO charges(owner, meter, scope, state, at, reservation_id, n, slot, "
            "chain_id, amount, counts) VALUES(:owner, :meter, :scope, 'reserved', :at, "
            ":reservation_id, :n, :slot, :chain_id, :amount, :counts)",
            charge.key.owner, charge.key.meter, std::string{to_string(charge.key.scope)}, at,
            reservation_id, n++, slot, chain_id, to_decimal(charge.amount),
            std::string{to_string(charge.counts)});
    }
    return {};
}

void delete_charges(Session& session, Integer reservation_id) {
    run(session, "DELETE FROM charges WHERE reservation_id = :id AND state = 'reserved'",
        reservation_id);
}

Status settle_charges(
    Session& session,
    Integer reservation_id,
    const std::optional<policy::Settlement>& settlement,
    Integer at) {
    run(session, "UPDATE charges SET state = 'settled', at = :at WHERE reservation_id = :id", at,
        reservation_id);
    if (settlement) {
        const auto charged = charges_of(session, reservation_id);
        if (!charged) return std::unexpected{charged.error()};
        Integer n = 0;
        for (const auto& charge : policy::settled(*charged, *settlement)) {
            run(session,
                "UPDATE charges SET amount = :amount WHERE reservation_id = :id AND n = :n",
                to_decimal(charge.amount), reservation_id, n++);
        }
    }
    run(session, kAddSettled, Milliseconds{Quarters{1}}.count(), reservation_id);
    return {};
}

std::vector<Charge> larger_of_each(std::vector<Charge> charges, const std::vector<Charge>& others) {
    for (const auto& other : others) {
        const auto same = std::ranges::find_if(charges, [&](const Charge& charge) {
            return charge.key == other.key && charge.chain == other.chain;
        });
        if (same == charges.end()) {
            charges.push_back(other);
        } else {
            same->amount = std::max(same->amount, other.amount);
        }
    }
    return charges;
}

}  // namespace chela::sidecar::store
