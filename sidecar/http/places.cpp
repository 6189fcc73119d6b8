#include "sidecar/http/session.hpp"

#include <algorithm>
#include <map>

namespace chela::sidecar::http {

namespace {

/// The one of this peer that has waited longest; null: none waits.
LiveSession* longest_waiting(const std::set<LiveSession*>& sessions, const std::string& peer) {
    LiveSession* found = nullptr;
    for (LiveSession* session : sessions) {
        const auto since = session->waits_since();
        if (!session->has_place() || !since || session->peer_name() != peer) continue;
        if (found == nullptr || *since < *found->waits_since()) found = session;
    }
    return found;
}

bool displace(const std::set<LiveSession*>& sessions, const std::string& peer) {
    LiveSession* const session = longest_waiting(sessions, peer);
    if (session == nullptr) return false;
    session->give_way();
    return true;
}

}  // namespace

bool make_room(
    const std::set<LiveSession*>& sessions, const std::string& peer, const ServerLimits& limits) {
    std::map<std::string, std::size_t> places;
    std::size_t all = 0;
    for (const LiveSession* session : sessions) {
        if (!session->has_place()) continue;
        ++places[session->peer_name()];
        ++all;
    }
    if (const auto own = places.find(peer);
        own != places.end() && own->second >= limits.max_connections_per_peer) {
        return displace(sessions, peer);
    }
    if (all < limits.max_connections) return true;
    std::vector<std::pair<std::size_t, std::string>> most_first;
    for (const auto& [name, count] : places)
        most_first.emplace_back(count, name);
    std::ranges::sort(most_first, std::greater{});
    return std::ranges::any_of(
        most_first, [&](const auto& entry) { return displace(sessions, entry.second); });
}

}  // namespace chela::sidecar::http
