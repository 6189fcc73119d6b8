#pragma once

#include "tests/lifecycle/process.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace chela::test::lifecycle {

/// What an agent asked for, and what it was told.
struct Asked {
    std::string agent_id;
    std::string key;
    sidecar::flow::IntentRequest request;
    std::string intent_id;  ///< empty: it never was told
    Bytes signed_bytes;     ///< that it was given to send; empty: none
    bool is_cancelled{};
};

/// What is asked for under the key of the wish with this place, to see that it is refused. Where
/// the wish itself never was stored it is not, and is paid: once, as every wish.
[[nodiscard]] inline Wei other_value(std::size_t wish) {
    return Wei{U256{5'000 + wish}};
}

/// One life, from its seed.
class Story {
public:
    explicit Story(std::uint64_t seed);

    /// Lives it, and goes on without trouble until nothing is open any more.
    /// @return what went wrong; empty: nothing
    [[nodiscard]] std::vector<std::string> tell();
    [[nodiscard]] bool had_intruder() const { return !intruded_.empty(); }

private:
    void begin();
    void step();
    void ask();
    void ask_again();
    void touch_one();
    void hand_over_one();
    void move_chain();
    void intrude();
    void sign_as(const Address& signer, Nonce nonce);
    void intrude_again();
    void thaw_lanes();
    [[nodiscard]] Nonce lost_below(const policy::Lane& lane);
    void end_process();
    void revive_if_dead();
    void watch();
    void calm_down();
    void remember(std::size_t index, const Result<sidecar::flow::Submission>& submission);
    [[nodiscard]] bool is_quiescent();

    Universe universe_;
    std::unique_ptr<Process> process_;
    std::vector<std::string> agents_;
    std::vector<Address> signers_;
    std::vector<Asked> asked_;
    std::map<std::string, Nonce> nonces_;                        ///< ever seen, by intent
    std::map<std::string, sidecar::store::IntentState> finals_;  ///< ever seen, by intent
    std::set<TxHash> foreign_;                ///< signed by somebody else, with an agent's key
    std::multimap<Address, Nonce> intruded_;  ///< of these agents, for these nonces
    std::uint64_t deaths_ = 0;
};

}  // namespace chela::test::lifecycle
