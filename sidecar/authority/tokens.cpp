#include "sidecar/authority/tokens.hpp"

#include "sidecar/edge/run_to_end.hpp"

#include <future>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace chela::sidecar::authority {

namespace asio = boost::asio;

namespace {

class HeldTokens final : public Tokens {
public:
    HeldTokens(asio::any_io_executor executor, std::shared_ptr<auth::Credential> credential)
        : executor_{std::move(executor)},
          credential_{std::move(credential)} {}

    Result<std::string> token(Deadline deadline) override {
        using Answer = Result<std::string>;
        const auto promise = std::make_shared<std::promise<Answer>>();
        auto future = promise->get_future();
        asio::co_spawn(
            executor_, credential_->token(deadline),
            [promise](const std::exception_ptr& thrown, Answer answer) {
                if (thrown)
                    promise->set_exception(thrown);
                else
                    promise->set_value(std::move(answer));
            });
        if (future.wait_until(deadline) == std::future_status::ready) return future.get();
        return fail(ErrorCode::unavailable, "no token in time", "E_AUTHORITY_UNAVAILABLE");
    }

    void refused(std::string token) override {
        asio::post(executor_, [credential = credential_, token = std::move(token)] {
            credential->invalidate(token);
        });
    }

private:
    asio::any_io_executor executor_;
    std::shared_ptr<auth::Credential> credential_;
};

class ExchangedTokens final : public Tokens {
public:
    ExchangedTokens(
        std::shared_ptr<RemoteAuthority> authority,
        std::string agent_id,
        std::filesystem::path api_key_file)
        : authority_{std::move(authority)},
          agent_id_{std::move(agent_id)},
          api_key_file_{std::move(api_key_file)} {}

    Result<std::string> token(Deadline deadline) override {
        auto key = signer::read_secret_file(api_key_file_);
        if (!key) return std::unexpected{key.error()};
        asio::io_context context;
        auto access = run_to_end(
            context,
            authority_->exchange(
                agent_id_, std::make_shared<const signer::Secret>(*std::move(key)), deadline));
        if (!access) return std::unexpected{access.error()};
        return std::move(access->token);
    }

    void refused(std::string) override {}  // none is kept

private:
    std::shared_ptr<RemoteAuthority> authority_;
    std::string agent_id_;
    std::filesystem::path api_key_file_;
};

}  // namespace

std::shared_ptr<Tokens> tokens_of(
    asio::any_io_executor executor, std::shared_ptr<auth::Credential> credential) {
    return std::make_shared<HeldTokens>(std::move(executor), std::move(credential));
}

std::shared_ptr<Tokens> exchanged_tokens(
    std::shared_ptr<RemoteAuthority> authority,
    std::string agent_id,
    std::filesystem::path api_key_file) {
    return std::make_shared<ExchangedTokens>(
        std::move(authority), std::move(agent_id), std::move(api_key_file));
}

}  // namespace chela::sidecar::authority
