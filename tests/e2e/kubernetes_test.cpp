// The manifests of examples/kubernetes: what they tell chela is right, and what they forbid holds.
#include "tests/e2e/support/sidecar.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

namespace chela::test {
namespace {

std::vector<YAML::Node> documents(const char* file) {
    return YAML::LoadAllFromFile(std::string{CHELA_KUBERNETES} + "/" + file);
}

YAML::Node find(const std::vector<YAML::Node>& all, const std::string& kind) {
    for (const auto& document : all)
        if (document["kind"].as<std::string>() == kind) return document;
    throw std::runtime_error{"no " + kind};
}

YAML::Node pod_of(const char* file, const std::string& kind) {
    return find(documents(file), kind)["spec"]["template"]["spec"];
}

std::vector<YAML::Node> containers(const YAML::Node& pod) {
    std::vector<YAML::Node> out;
    for (const auto* list : {"initContainers", "containers"})
        for (const auto& container : pod[list])
            out.push_back(container);
    return out;
}

std::vector<std::string> words(const YAML::Node& list) {
    return list.as<std::vector<std::string>>();
}

/// chela.yaml of the ConfigMap.
std::string configuration() {
    return find(documents("agent.yaml"), "ConfigMap")["data"]["chela.yaml"].as<std::string>();
}

TEST(kubernetes_example, keeps_to_the_restricted_pod_security_standard) {
    for (const auto& pod : {pod_of("agent.yaml", "StatefulSet"), pod_of("setup.yaml", "Job")}) {
        EXPECT_TRUE(pod["securityContext"]["runAsNonRoot"].as<bool>());
        EXPECT_EQ(
            pod["securityContext"]["seccompProfile"]["type"].as<std::string>(), "RuntimeDefault");
        EXPECT_FALSE(pod["automountServiceAccountToken"].as<bool>());
        EXPECT_FALSE(pod["hostNetwork"] || pod["hostPID"] || pod["hostIPC"]);
        for (const auto& container : containers(pod)) {
            const auto context = container["securityContext"];
            EXPECT_FALSE(context["allowPrivilegeEscalation"].as<bool>());
            EXPECT_TRUE(context["readOnlyRootFilesystem"].as<bool>());
            EXPECT_EQ(words(context["capabilities"]["drop"]), std::vector<std::string>{"ALL"});
            EXPECT_FALSE(container["ports"]);
        }
        for (const auto& volume : pod["volumes"])
            EXPECT_FALSE(volume["hostPath"]);
    }
}

TEST(kubernetes_example, is_a_native_sidecar_that_ends_after_the_agent) {
    const auto pod = pod_of("agent.yaml", "StatefulSet");
    const auto sidecar = pod["initContainers"][0];
    EXPECT_EQ(sidecar["restartPolicy"].as<std::string>(), "Always");
    EXPECT_FALSE(sidecar["lifecycle"]);
    EXPECT_TRUE(sidecar["startupProbe"]);
    for (const auto& volume : pod["volumes"]) {
        if (volume["name"].as<std::string>() != "door") continue;
        EXPECT_EQ(volume["emptyDir"]["medium"].as<std::string>(), "Memory");
    }
    const auto drain = YAML::Load(configuration())["server"]["drain_timeout"].as<std::string>();
    EXPECT_TRUE(drain.ends_with('s'));
    EXPECT_GT(pod["terminationGracePeriodSeconds"].as<int>(), std::stoi(drain));
    EXPECT_NE(
        sidecar["securityContext"]["runAsUser"].as<int>(),
        pod["containers"][0]["securityContext"]["runAsUser"].as<int>());
}

/// As in the cluster, but for paths: init, the agent, the ConfigMap over chela.yaml, serve, probes.
TEST(kubernetes_example, has_a_configuration_commands_and_probes_that_the_binary_takes) {
    const TempDir temp;
    const auto state = temp.path() / "state";
    const std::map<std::string, std::string> environment{{"CHELA_DIR", state.string()}};
    const auto chela = [&](std::vector<std::string> arguments) {
        for (auto& argument : arguments)
            if (argument.starts_with("/var/lib/chela/state"))
                argument.replace(0, 20, state.string());
        arguments.insert(arguments.begin(), CHELA_BINARY);
        ProcessOptions options;
        options.argv = std::move(arguments);
        options.environment = environment;
        return options;
    };
    for (const auto& container : containers(pod_of("setup.yaml", "Job"))) {
        const auto done = must(run(chela(words(container["args"])), std::chrono::seconds{60}));
        EXPECT_EQ(done.status.code, 0) << done.err;
    }
    std::string document = configuration();
    const auto move = [&document](const std::string& from, const std::string& to) {
        const auto at = document.find(from);
        ASSERT_NE(at, std::string::npos) << from;
        document.replace(at, from.size(), to);
    };
    const auto agents = must(run(chela({"agent", "list", "--json"}), std::chrono::seconds{60}));
    move(
        "00000000-0000-4000-8000-000000000000",
        must(parse_json(agents.out)).at("agents").at(0).at("id").get<std::string>());
    move("https://your.node/key", "http://127.0.0.1:1/key");
    const auto socket = temp.path() / "volume/door/agent.sock";
    std::filesystem::create_directory(temp.path() / "volume");
    // As an emptyDir: anybody may write there.
    std::filesystem::permissions(temp.path() / "volume", std::filesystem::perms{0777});
    move("/run/chela/door/agent.sock", socket.string());
    std::ofstream{state / "chela.yaml"} << document;

    const auto sidecar = pod_of("agent.yaml", "StatefulSet")["initContainers"][0];
    const auto serving = must(Process::start(chela(words(sidecar["args"]))));
    const auto wait = must(run(chela({"wait"}), std::chrono::seconds{60}));
    EXPECT_EQ(wait.status.code, 0) << wait.err << serving->err();
    for (const auto* probe : {"startupProbe", "livenessProbe", "readinessProbe"}) {
        auto command = words(sidecar[probe]["exec"]["command"]);
        ASSERT_EQ(command.front(), "chela");
        command.erase(command.begin());
        const auto asked = must(run(chela(command), std::chrono::seconds{60}));
        EXPECT_EQ(asked.status.code, 0) << probe << asked.out << asked.err;
    }
    const HttpClient agent{HttpClient::Unix{socket}};
    EXPECT_EQ(must(agent.request("GET", "/livez")).status, 200U);
    serving->send(SIGTERM);
    EXPECT_EQ(serving->wait(std::chrono::seconds{30}), (ExitStatus{.code = 0, .signal = 0}));
}

}  // namespace
}  // namespace chela::test
