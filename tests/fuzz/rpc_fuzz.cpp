#include "sidecar/rpc/bundle_parameters.hpp"
#include "sidecar/rpc/error.hpp"
#include "sidecar/rpc/log_filter.hpp"
#include "sidecar/rpc/parameters.hpp"

#include <cstdint>
#include <string_view>

#include <nlohmann/json.hpp>

namespace flow = chela::sidecar::flow;
namespace rpc = chela::sidecar::rpc;
using chela::bug;
using chela::ChainId;
using chela::Json;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

chela::chains::Chain chain() {
    chela::chains::Chain base;
    base.name = "base";
    base.chain_id = ChainId{8'453};
    return base;
}

void check_error(const rpc::RpcError& error) {
    constexpr std::size_t kLongest = 600;
    if (error.message.empty()) bug("a refusal without a sentence");
    if (error.message.size() > kLongest) bug("a refusal quotes the caller at length");
    if (error.code == rpc::kFailed) bug("the caller's data is called our fault");
}

void check_transaction(const Json& object) {
    const auto read = rpc::read_transaction(object, chain());
    if (!read) return check_error(read.error());
    const auto& request = read->request;
    if (request.data.size() > 128UZ * 1024) bug("too much calldata");
    if (request.gas_price && (request.max_fee_per_gas || request.max_priority_fee_per_gas))
        bug("two kinds of fees");
    if (request.chain.chain_id != chain().chain_id) bug("another chain than the path names");
    const auto again = rpc::read_transaction(Json::parse(object.dump()), chain());
    if (!again || flow::fingerprint(again->request) != flow::fingerprint(request))
        bug("the same text asks for something else");
}

void check_bundle(const Json& object) {
    const auto read = rpc::read_bundle(object, chain());
    if (!read) return check_error(read.error());
    if (read->calls.empty() || read->calls.size() > rpc::kMaxCalls) bug("a bundle of a wrong size");
    for (const auto& call : read->calls)
        if (call.chain.chain_id != chain().chain_id) bug("a call on another chain");
}

void check_filter(const Json& object) {
    const auto read = rpc::read_log_filter(object);
    if (!read) return check_error(read.error());
    // Whatever it is, it is looked at as a log as well.
    static_cast<void>(rpc::matches(*read, object));
}

void check_call(const rpc::Call& call) {
    if (!call.id.is_string() && !call.id.is_number_integer()) bug("a call that nobody hears of");
    if (const auto ok = rpc::check_count(call, 1); !ok && call.method.size() < 100)
        check_error(ok.error());
    if (const auto text = rpc::text_parameter(call, 0, "message"); !text) check_error(text.error());
    if (const auto address = rpc::address_parameter(call, 1, "address"); !address)
        check_error(address.error());
    if (const auto id = rpc::bundle_id_parameter(call); !id && call.method.size() < 100)
        check_error(id.error());
    check_transaction(rpc::parameter(call, 0));
    check_bundle(rpc::parameter(call, 0));
    check_filter(rpc::parameter(call, 1));
}

}  // namespace

/// The body of a POST to the JSON-RPC door, and its calls' parameters as those
/// of transactions, bundles and subscriptions.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto body = rpc::read_body({reinterpret_cast<const char*>(data), size});
    if (!body) {
        check_error(body.error());
        return 0;
    }
    if (body->entries.empty() || body->entries.size() > rpc::kMaxBatch)
        bug("a batch of a wrong size");
    for (const auto& entry : body->entries) {
        if (entry.call) {
            check_call(*entry.call);
        } else {
            check_error(entry.call.error());
        }
    }
    return 0;
}
