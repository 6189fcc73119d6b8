#include "tests/sidecar/store/model.hpp"

#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

namespace chela::sidecar::store {
namespace {

const std::vector<Limit> kLimits{
    {meter_of("usdc-day"), U256{1000}, 24h},
    {{policy::Budget::Scope::organization, "", "all"}, U256{1500}, 1h}};

class BudgetTest : public StoreTest {
protected:
    void insert_all(int threads, int each) {
        for (int thread = 0; thread < threads; ++thread) {
            for (int turn = 0; turn < each; ++turn)
                insert(name_of(thread, turn));
        }
    }
    static std::string name_of(int thread, int turn) {
        return std::to_string(thread) + "-" + std::to_string(turn);
    }
    /// Every thread spends `amount` after `amount`. @return how often it was allowed
    int spend_everything(const std::vector<Store*>& stores, int each, std::uint64_t amount) {
        std::atomic<int> allowed = 0;
        std::vector<std::thread> threads;
        for (std::size_t thread = 0; thread < stores.size(); ++thread) {
            threads.emplace_back([&, thread] {
                for (int turn = 0; turn < each; ++turn) {
                    const auto id = name_of(static_cast<int>(thread), turn);
                    const auto status =
                        spend(*stores[thread], kLimits, spending(id, kLimits, amount), kNow);
                    if (status) {
                        ++allowed;
                    } else {
                        EXPECT_EQ(status.error().reason, "E_OVER") << status.error().detail;
                    }
                }
            });
        }
        for (auto& thread : threads)
            thread.join();
        return allowed;
    }
    [[nodiscard]] U256 total(const policy::MeterKey& meter) const {
        U256 sum;
        for (const auto& one : *store->charges({meter}, TimePoint{}))
            sum = *add(sum, one.charge.amount);
        return sum;
    }
};

TEST_F(BudgetTest, threads_cannot_overrun_a_budget) {
    insert_all(8, 20);
    EXPECT_EQ(spend_everything(std::vector<Store*>(8, store.get()), 20, 7), 1000 / 7);
    EXPECT_EQ(total(kLimits[0].meter), U256{1000 / 7 * 7});
    EXPECT_EQ(Raw{path()}.ask("SELECT max(nonce) + 1 FROM reservations"), std::to_string(1000 / 7))
        << "no hole in the lane";
    expect_ok(store->verify_audit_chain());
}

TEST_F(BudgetTest, handles_of_one_database_cannot_overrun_a_budget) {
    // Nonces have one owner; what else is signed may come from either.
    insert_all(3, 12);
    const auto second = open_beside();
    int elsewhere = 0;
    const auto sign_elsewhere = [&](int turn) {
        const auto id = "message-" + std::to_string(turn);
        EXPECT_TRUE(second->insert_intent(message_of(id)).has_value());
        auto reservation = signature_of(id, "sig/" + id);
        reservation.charges = spending(id, kLimits, 30).charges;
        if (spend(*second, kLimits, reservation, kNow)) ++elsewhere;
    };
    sign_elsewhere(0);
    EXPECT_EQ(elsewhere, 1);
    std::thread messages{[&] {
        for (int turn = 1; turn < 36; ++turn)
            sign_elsewhere(turn);
    }};
    const auto here = spend_everything({store.get(), store.get(), store.get()}, 12, 30);
    messages.join();
    EXPECT_EQ(here + elsewhere, 1000 / 30);
    EXPECT_EQ(total(kLimits[0].meter), U256{1000 / 30 * 30});
}

TEST_F(BudgetTest, a_restart_keeps_every_reservation) {
    insert_all(1, 5);
    EXPECT_EQ(spend_everything({store.get()}, 5, 100), 5);
    const auto before = store->charges({kLimits[0].meter, kLimits[1].meter}, {});
    reopen();
    const auto after = store->charges({kLimits[0].meter, kLimits[1].meter}, {});
    ASSERT_EQ(after->size(), 10U);
    for (std::size_t i = 0; i < 10; ++i) {
        EXPECT_EQ(before->at(i).charge, after->at(i).charge);
        EXPECT_EQ(before->at(i).slot, after->at(i).slot);
        EXPECT_EQ(before->at(i).at, after->at(i).at);
    }
}

TEST_F(BudgetTest, a_clock_moved_back_frees_nothing) {
    insert("a");
    insert("b");
    insert("c");
    expect_ok(spend(*store, kLimits, spending("a", kLimits, 900), kNow));
    expect_ok(store->store_signature("a", {1}, hash_of(1), kNow));
    auto inclusion = inclusion_of(true);
    inclusion.is_final = true;
    expect_ok(store->mark_included("a", inclusion, kNow));
    for (const auto ago : {1h, 24h, 48h, 24h * 400}) {
        const auto status = spend(*store, kLimits, spending("b", kLimits, 101), kNow - ago);
        EXPECT_EQ(status.error().reason, "E_OVER");
    }
    expect_ok(spend(*store, kLimits, spending("b", kLimits, 100), kNow - 48h));
    EXPECT_EQ(high_water(), kNow)
        << "what is charged under a wrong clock counts from the last time";
    expect_ok(store->store_signature("b", {2}, hash_of(2), kNow - 48h));
    expect_ok(store->mark_included("b", inclusion, kNow - 48h));
    EXPECT_EQ(store->charges({kLimits[0].meter}, kNow)->size(), 2U);
    expect_ok(spend(*store, kLimits, spending("c", kLimits, 1000), kNow + 24h + 1ms));
}

TEST_F(BudgetTest, what_settles_after_the_clock_went_back_counts_from_the_latest_time) {
    insert("a");
    insert("b");
    expect_ok(spend(*store, kLimits, spending("a", kLimits, 900), kNow));
    expect_ok(spend(*store, kLimits, spending("b", kLimits, 1), kNow + 48h));
    expect_ok(store->store_signature("a", {1}, hash_of(1), kNow + 1s));
    auto inclusion = inclusion_of(true);
    inclusion.is_final = true;
    expect_ok(store->mark_included("a", inclusion, kNow + 1s));
    insert("c");
    const auto status = spend(*store, kLimits, spending("c", kLimits, 100), kNow + 2s);
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().reason, "E_OVER");
}

TEST_F(BudgetTest, a_limit_that_is_edited_finds_what_was_spent_before) {
    insert_all(1, 3);
    expect_ok(spend(*store, kLimits, spending("0-0", kLimits, 600), kNow));
    auto lower = kLimits;
    lower[0].amount = U256{650};
    EXPECT_FALSE(spend(*store, lower, spending("0-1", lower, 51), kNow).has_value());
    expect_ok(spend(*store, lower, spending("0-1", lower, 50), kNow));
    auto higher = kLimits;
    higher[0].amount = U256{2000};
    EXPECT_FALSE(spend(*store, higher, spending("0-2", higher, 851), kNow).has_value())
        << "the organisation's limit holds";
    expect_ok(spend(*store, higher, spending("0-2", higher, 850), kNow));
}

TEST_F(BudgetTest, meters_of_two_agents_scopes_and_names_do_not_meet) {
    using Scope = policy::Budget::Scope;
    const std::vector<policy::MeterKey> meters{
        {Scope::agent, kAgent, "m"},    {Scope::agent, "agent-2", "m"}, {Scope::agent, kAgent, "n"},
        {Scope::policy, kAgent, "m"},   {Scope::organization, "", "m"}, {Scope::agent, "", "m"},
        {Scope::agent, "agent-1m", ""}, {Scope::agent, "agent-1/", "m"}};
    std::uint64_t amount = 1;
    auto reservation = reservation_of("i", 0);
    reservation.charges.clear();
    for (const auto& meter : meters) {
        reservation.charges.push_back({meter, std::nullopt, U256{amount}});
        amount *= 2;
    }
    insert("i");
    expect_ok(reserve(reservation));
    amount = 1;
    for (const auto& meter : meters) {
        const auto spent = store->charges({meter}, {});
        ASSERT_EQ(spent->size(), 1U);
        EXPECT_EQ(spent->front().charge.amount, U256{amount});
        EXPECT_EQ(spent->front().charge.key, meter);
        EXPECT_EQ(spent->front().charge.chain, std::nullopt);
        amount *= 2;
    }
    EXPECT_EQ(store->charges(meters, {})->size(), meters.size());
}

TEST_F(BudgetTest, a_sum_over_256_bits_is_the_largest_number) {
    for (int i = 0; i < 2; ++i) {
        insert(std::to_string(i));
        auto reservation = reservation_of(std::to_string(i), static_cast<std::uint64_t>(i));
        reservation.charges = {
            {meter_of("large"), kChain, U256::max()}, {meter_of("small"), kChain, U256{7}}};
        expect_ok(reserve(reservation));
    }
    expect_ok(store->transact([](policy::LedgerTransaction& ledger) -> Status {
        const auto large = ledger.sums(meter_of("large"), {}, "");
        EXPECT_EQ(large->size(), 1U);
        EXPECT_EQ(large->front().charge.amount, U256::max());
        EXPECT_EQ(ledger.sums(meter_of("small"), {}, "")->front().charge.amount, U256{14});
        return {};
    }));
}

TEST_F(BudgetTest, a_span_holds_what_was_settled_in_it_to_the_millisecond) {
    const auto first = std::chrono::ceil<std::chrono::days>(kNow);
    const std::vector<TimePoint> times{first,         first + 1ms,   first + 15min - 1ms,
                                       first + 15min, first + 29min, first + 30min - 1ms,
                                       first + 30min, first + 46min};
    auto inclusion = inclusion_of(true);
    inclusion.is_final = true;
    for (std::size_t i = 0; i < times.size(); ++i) {
        const auto id = std::to_string(i);
        insert(id);
        auto reservation = reservation_of(id, i);
        // Each amount is a bit of its own: a sum names what is in it.
        reservation.charges = {{meter_of("m"), std::nullopt, U256{std::uint64_t{1} << i}}};
        expect_ok(reserve(reservation));
        expect_ok(store->store_signature(id, {1}, hash_of(static_cast<std::uint8_t>(i)), kNow));
        expect_ok(store->mark_included(id, inclusion, times[i]));
    }
    const auto settled_between = [&](TimePoint from, TimePoint until) {
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < times.size(); ++i)
            if (times[i] >= from && times[i] < until) bits |= std::uint64_t{1} << i;
        return U256{bits};
    };
    expect_ok(store->transact([&](policy::LedgerTransaction& ledger) -> Status {
        for (const auto from : times) {
            for (const auto until : times) {
                if (until <= from) continue;
                const auto sums = *ledger.sums(meter_of("m"), {from, until}, "");
                EXPECT_EQ(sums.size(), 2U);
                EXPECT_EQ(sums.front().charge.amount, settled_between(from, until));
                EXPECT_EQ(sums.front().charge.chain, std::nullopt);
                EXPECT_LT(sums.front().at, until);
                EXPECT_EQ(sums.back().charge.amount, settled_between(until, policy::kStillOpen));
                EXPECT_EQ(sums.back().at, times.back());
            }
        }
        return {};
    }));
}

TEST_F(BudgetTest, what_is_settled_is_added_up_by_chain_up_to_the_largest_number) {
    const std::vector<std::vector<policy::Charge>> charges{
        {{meter_of("m"), std::nullopt, U256{1}}, {meter_of("m"), kChain, U256::max()}},
        {{meter_of("m"), kChain, U256{5}}, {meter_of("m"), ChainId{1}, U256{7}}},
        {{meter_of("m"), std::nullopt, U256{2}}, {meter_of("m"), kChain, U256{}}}};
    auto inclusion = inclusion_of(true);
    inclusion.is_final = true;
    for (std::size_t i = 0; i < charges.size(); ++i) {
        const auto id = std::to_string(i);
        insert(id);
        auto reservation = reservation_of(id, i);
        reservation.charges = charges[i];
        expect_ok(reserve(reservation));
        expect_ok(store->store_signature(id, {1}, hash_of(static_cast<std::uint8_t>(i)), kNow));
        expect_ok(store->mark_included(id, inclusion, kNow));
    }
    expect_ok(store->transact([](policy::LedgerTransaction& ledger) -> Status {
        for (const auto first : {TimePoint::min(), kNow - 24h, kNow}) {
            std::map<std::optional<ChainId>, U256> sums;
            for (const auto& one : *ledger.sums(meter_of("m"), {first}, ""))
                EXPECT_TRUE(sums.emplace(one.charge.chain, one.charge.amount).second);
            EXPECT_EQ(sums.at(std::nullopt), U256{3});
            EXPECT_EQ(sums.at(kChain), U256::max());
            EXPECT_EQ(sums.at(ChainId{1}), U256{7});
        }
        return {};
    }));
}

TEST_F(BudgetTest, a_damaged_amount_stops_the_sum) {
    insert("i");
    expect_ok(reserve(reservation_of("i", 0)));
    store.reset();
    Raw{path()}.run("UPDATE charges SET amount = '1e3'");
    store = open();
    const auto status = store->transact([](policy::LedgerTransaction& ledger) -> Status {
        const auto sums = ledger.sums(meter_of(policy::kGuardrailValueBudget), {}, "");
        return sums ? Status{} : std::unexpected{sums.error()};
    });
    expect_error(status, ErrorCode::internal);
}

TEST_F(BudgetTest, amounts_of_256_bits_are_kept_exactly) {
    insert("i");
    auto reservation = reservation_of("i", 0);
    reservation.charges = {{meter_of("m"), kChain, U256::max()}};
    expect_ok(reserve(reservation));
    reopen();
    EXPECT_EQ(store->charges({meter_of("m")}, {})->front().charge.amount, U256::max());
}

/// Moves that the ledger and its model make alike.
class Walk {
public:
    Walk(Store& store, std::uint64_t seed) : store_{store}, random_{seed} {}

    void step() {
        now_ += std::chrono::minutes{static_cast<int>(below(600)) - 120};
        switch (below(6)) {
            case 0:
            case 1:
                return reserve();
            case 2:
                return replace();
            case 3:
                return settle();
            case 4:
                return release();
            default:
                return sign();
        }
    }
    void expect_agreement() {
        for (const auto& limit : kLimits) {
            for (const auto since : {TimePoint{}, now_ - 24h, now_ - 1h, now_ + 24h}) {
                const auto real = store_.charges({limit.meter}, since);
                const auto right = model_.charges(limit.meter, since);
                ASSERT_TRUE(real.has_value());
                ASSERT_EQ(real->size(), right.size());
                for (std::size_t i = 0; i < right.size(); ++i) {
                    EXPECT_EQ(real->at(i).charge, right[i].charge);
                    EXPECT_EQ(real->at(i).slot, right[i].slot);
                    EXPECT_EQ(real->at(i).at, right[i].at);
                }
            }
        }
        EXPECT_TRUE(store_.transact([&](policy::LedgerTransaction& ledger) -> Status {
            EXPECT_EQ(*ledger.high_water(), model_.high_water());
            for (const auto& limit : kLimits)
                expect_sums(ledger, limit.meter);
            return {};
        }));
    }

private:
    using Spent = std::vector<policy::SpentCharge>;

    static U256 total(const Spent& spent, TimePoint since) {
        U256 sum;
        for (const auto& one : spent)
            if (one.at >= since) sum = *add(sum, one.charge.amount);
        return sum;
    }
    /// However it is added up, each window holds the same, and the slot's own stays apart.
    void expect_sums(policy::LedgerTransaction& ledger, const policy::MeterKey& meter) {
        const std::set<TimePoint> edges{now_ - 24h, now_ - 1h};
        const auto each = model_.charges(meter, now_ - 24h);
        const auto slot = each.empty() ? "" : each[below(each.size())].slot;
        const auto sums = *ledger.sums(meter, edges, slot);
        for (const auto since : edges)
            EXPECT_EQ(total(sums, since), total(each, since));
        Spent own;
        for (const auto& one : each)
            if (one.slot == slot) own.push_back(one);
        std::size_t found = 0;
        for (const auto& one : sums) {
            EXPECT_EQ(one.charge.key, meter);
            EXPECT_EQ(one.charge.chain, kChain);
            if (one.slot.empty()) continue;
            ASSERT_LT(found, own.size());
            EXPECT_EQ(one.charge, own[found].charge);
            EXPECT_EQ(one.at, own[found++].at);
        }
        EXPECT_EQ(found, own.size());
        EXPECT_LE(sums.size(), own.size() + 3) << "one of each span, and one of what is open";
    }

    std::uint64_t below(std::uint64_t end) {
        return std::uniform_int_distribution<std::uint64_t>{0, end - 1}(random_);
    }
    /// @return an intent of the model in that state, or "" when there is none
    std::string pick(IntentState state) {
        std::vector<std::string> found;
        for (const auto& [id, held] : model_.all())
            if (store_.intent(id)->state == state) found.push_back(id);
        return found.empty() ? "" : found[below(found.size())];
    }
    policy::Reservation wanted(const std::string& id, std::uint64_t nonce) {
        auto reservation = reservation_of(id, nonce);
        reservation.charges = {
            {kLimits[0].meter, kChain, U256{below(50)}},
            {kLimits[1].meter, kChain, U256{below(9)}}};
        reservation.at = now_;
        return reservation;
    }
    Status give(const policy::Reservation& reservation) {
        return store_.transact(
            [&](policy::LedgerTransaction& ledger) { return ledger.reserve(reservation); });
    }
    void reserve() {
        const auto id = std::to_string(count_);
        ASSERT_TRUE(store_.insert_intent(intent_of(id)));
        const auto reservation = wanted(id, next_nonce_);
        ASSERT_TRUE(give(reservation));
        model_.reserve(reservation);
        ++count_;
        ++next_nonce_;
    }
    void replace() {
        const auto id = pick(IntentState::reserved);
        if (id.empty()) return;
        const auto reservation = wanted(id, model_.all().at(id).reservation.nonce->value);
        ASSERT_TRUE(give(reservation));
        model_.replace(reservation);
    }
    void sign() {
        const auto id = pick(IntentState::reserved);
        if (id.empty()) return;
        TxHash hash;
        hash.bytes[0] = static_cast<std::uint8_t>(std::stoi(id));
        hash.bytes[1] = static_cast<std::uint8_t>(std::stoi(id) >> 8);
        ASSERT_TRUE(store_.store_signature(id, {1}, hash, now_));
    }
    void settle() {
        const auto id = pick(IntentState::signed_);
        if (id.empty()) return;
        IntentStore::Inclusion inclusion{BlockNumber{1}, {}, Gas{1}, below(2) == 0, true};
        ASSERT_TRUE(store_.mark_included(id, inclusion, now_));
        model_.settle(id, now_);
    }
    void release() {
        const auto id = pick(IntentState::reserved);
        if (id.empty()) return;
        const auto is_last = model_.all().at(id).reservation.nonce == Nonce{next_nonce_ - 1};
        const auto status = store_.release_unsigned(id, "E", "m", now_);
        ASSERT_EQ(status.has_value(), is_last);
        if (!is_last) return;
        model_.release(id);
        --next_nonce_;
    }

    Store& store_;
    std::mt19937_64 random_;
    Model model_;
    TimePoint now_ = kNow;
    int count_ = 0;
    std::uint64_t next_nonce_ = 0;
};

TEST_F(BudgetTest, whatever_happens_the_ledger_agrees_with_its_model) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        const auto fresh = folder.path() / ("walk-" + std::to_string(seed));
        auto walked = open_sqlite(fresh, OpenMode::create);
        ASSERT_TRUE(walked.has_value());
        own_lane(**walked);
        expect_ok((*walked)->insert_agent(agent_of(kAgent), audit_of("agent.created")));
        Walk walk{**walked, seed};
        for (int step = 0; step < 80; ++step) {
            walk.step();
            if (HasFatalFailure()) return;
            if (step % 5 == 0) walk.expect_agreement();
            if (HasFailure()) return;
        }
        walk.expect_agreement();
    }
}

}  // namespace
}  // namespace chela::sidecar::store
