#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "chains/simulation/simulation.hpp"

#include <string_view>

namespace chela::chains::simulation::tenderly {

/// bad_response E_TENDERLY_ANSWER: "Tenderly's answer `problem`"
[[nodiscard]] std::unexpected<Error> bad_answer(std::string_view problem);

/// An amount, which may be a number, digits, hex digits after "0x" (none: zero), or null (zero).
/// @return bad_response: anything else, a fraction or an exponent included
[[nodiscard]] Result<U256> read_amount(const Json& value);

/// Takes what a transaction did from its `transaction_info`: logs and moves of native value when it
/// succeeded, else the bytes that it gave back.
/// @return bad_response: not of that shape, or an account lost more than the calls show
[[nodiscard]] Status take_trace(const Json& info, SimulationResult& out);

}  // namespace chela::chains::simulation::tenderly
