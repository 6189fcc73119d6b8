#pragma once

namespace chela::sidecar::flow {

/// A policy by which an agent may sign messages that begin with "hello", and nothing else.
inline constexpr auto kGreeter = R"(
schema: chela.policy/1
id: greeter
version: 1
expires: 2027-01-01T00:00:00Z
envelope: {chains: [8453], operations: [personal_message]}
permit:
  - {id: greet, effect: message, where: {text: {starts_with: "hello"}}}
)";

}  // namespace chela::sidecar::flow
