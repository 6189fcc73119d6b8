#pragma once

#include "sidecar/node/endpoint_pool.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace chela::sidecar::node {

/// The node's error object as an Error: bad_response E_NODE_ERROR with the node's words, cleaned.
[[nodiscard]] Error node_error(const RpcError& error);

/// Is an answer that was read with this outcome garbage, and no answer?
[[nodiscard]] bool is_garbage(const Error& error);

/// Makes a value of an answer. An error that is_garbage counts against the endpoint.
template <class T>
using Reader = std::function<Result<T>(const RpcAnswer&)>;

/// A reader of results alone: the node's error object is an error.
template <class T>
[[nodiscard]] Reader<T> result_reader(std::function<Result<T>(const Json&)> read) {
    return [read = std::move(read)](const RpcAnswer& answer) -> Result<T> {
        if (answer.error) return std::unexpected{node_error(*answer.error)};
        return read(*answer.result);
    };
}

/// What one endpoint answered.
template <class T>
struct Seen {
    T value;
    std::size_t endpoint{};
};

/// Keeps what a reader made of the answer that a pool was satisfied with.
template <class T>
class ReadOnce {
public:
    explicit ReadOnce(Reader<T> reader) : state_{std::make_shared<State>(std::move(reader))} {}

    [[nodiscard]] EndpointPool::Judge judge() const {
        return [state = state_](const RpcAnswer& answer) -> Status {
            state->value = state->reader(answer);
            if (state->value || !is_garbage(state->value.error())) return {};
            return std::unexpected{state->value.error()};
        };
    }
    /// Once, after the judge was satisfied.
    [[nodiscard]] Result<T> value() const { return std::move(state_->value); }

private:
    struct State {
        explicit State(Reader<T> r) : reader{std::move(r)} {}
        Reader<T> reader;
        Result<T> value = fail(ErrorCode::internal, "no answer was read");
    };
    std::shared_ptr<State> state_;
};

/// As EndpointPool::read, with a value. @return also what the reader answers
template <class T>
boost::asio::awaitable<Result<Seen<T>>> read_value(
    std::shared_ptr<EndpointPool> pool,
    std::string method,
    Json parameters,
    Reader<T> reader,
    Deadline deadline) {
    const ReadOnce<T> once{std::move(reader)};
    const auto answered =
        co_await pool->read(std::move(method), std::move(parameters), once.judge(), deadline);
    if (!answered) co_return std::unexpected{answered.error()};
    auto value = once.value();
    if (!value) co_return std::unexpected{value.error()};
    co_return Seen<T>{*std::move(value), answered->endpoint};
}

/// As EndpointPool::ask, with a value. @return also what the reader answers
template <class T>
boost::asio::awaitable<Result<T>> ask_value(
    std::shared_ptr<EndpointPool> pool,
    std::size_t endpoint,
    std::string method,
    Json parameters,
    Reader<T> reader,
    Deadline deadline) {
    const ReadOnce<T> once{std::move(reader)};
    const auto answer = co_await pool->ask(
        endpoint, std::move(method), std::move(parameters), once.judge(), deadline);
    if (!answer) co_return std::unexpected{answer.error()};
    co_return once.value();
}

}  // namespace chela::sidecar::node
