import Configuration
import JSON
import Testing

@Suite("Configuration")
struct ConfigurationTests {
    @Test("a flag overrides the environment, which overrides the file, which overrides the default")
    func precedence() throws {
        let file: JSONValue = ["timeouts": ["probe": "10s", "rollout": 20], "namespaces": ["a", "b"]]
        let configuration = try Configuration(
            flags: ["timeouts.probe": ("--probe-timeout", "1s")],
            environment: ["CORTEX_PROBE_TIMEOUT": "5s", "CORTEX_ROLLOUT_TIMEOUT": "7s"], file: file)
        #expect(configuration.probeTimeout == .seconds(1))
        #expect(configuration.rolloutTimeout == .seconds(7))
        #expect(configuration.namespaces == ["a", "b"])
        #expect(configuration.workerTimeout == .seconds(120))
        #expect(configuration.value("timeouts.rollout").source == .environment("CORTEX_ROLLOUT_TIMEOUT"))
    }

    @Test("an unknown key is an error that names the nearest known one")
    func unknownKey() {
        #expect(throws: ConfigurationError("unknown setting “healing.enabeld”; did you mean “healing.enabled”?")) {
            try Configuration(file: ["healing": ["enabeld": true]])
        }
    }

    @Test("a group of settings that is given one value is told to be a group")
    func groupWithAValue() {
        #expect(throws: ConfigurationError("“timeouts” must be a mapping of settings")) {
            try Configuration(file: ["timeouts": "7s"])
        }
        #expect(throws: Never.self) { try Configuration(file: ["timeouts": .null, "log": [:]]) }
    }

    @Test("a namespace that is named twice is one, and one that is healed is not only watched")
    func repeatedNamespaces() throws {
        let configuration = try Configuration(environment: [
            "HEAL_NAMESPACES": "tools, web ,tools", "WATCH_NAMESPACES": "shop,web,shop",
        ])
        #expect(configuration.namespaces == ["tools", "web"] && configuration.watchedNamespaces == ["shop"])
    }

    @Test("a variable that is nearly a setting's is found; what Kubernetes names after Services is none")
    func misspeltVariables() {
        let names = [
            "HEALING_ENABLD", "HEALING_ENABLED", "CORTEX_LOG_LEVELS", "CORTEX_CONFIG", "HEAL_SERVICE_HOST",
            "CORTEX_SERVICE_PORT", "CORTEX_SERVICE_PORT_HTTP", "CORTEX_PORT", "CORTEX_PORT_8000_TCP_ADDR", "HOME",
            "CORTEX_ENTIRELY_MY_OWN",
        ]
        #expect(
            MisspeltVariable.all(in: names, others: ["CORTEX_CONFIG"]) == [
                MisspeltVariable(name: "CORTEX_LOG_LEVELS", meant: "CORTEX_LOG_LEVEL"),
                MisspeltVariable(name: "HEALING_ENABLD", meant: "HEALING_ENABLED"),
            ])
    }

    @Test(
        "the right name in the wrong place is found as well",
        arguments: [
            (#"{"probe": "3s"}"#, "timeouts.probe"), (#"{"healing": {"rollout": "3s"}}"#, "timeouts.rollout"),
            (#"{"heeling": {"enabled": true}}"#, "healing"),
            (#"{"toolServers": {"server": []}}"#, "toolServers.servers"),
            (#"{"toolServers": {"servers": [{"url": "http://a", "nmae": "a"}]}}"#, "name"),
        ])
    func misplacedKey(file: String, meant: String) {
        #expect {
            try Configuration(file: JSONValue(parsing: Array(file.utf8)))
        } throws: { error in
            String(describing: error).hasSuffix("did you mean “\(meant)”?")
        }
    }

    @Test(
        "a value of the wrong kind is refused with the place it came from",
        arguments: [
            ("CORTEX_PROBE_TIMEOUT", "soon", "timeouts.probe"), ("HEALING_ENABLED", "maybe", "healing.enabled"),
            ("CORTEX_REACH", "magic", "toolServers.reach"), ("CORTEX_LISTEN", "8000", "listen"),
            ("CORTEX_MAX_CONNECTIONS", "0", "http.maximumConnections"), ("HEAL_NAMESPACES", ",", "namespaces"),
            ("HEAL_NAMESPACES", "a,B b", "namespaces"),
            ("WATCH_NAMESPACES", "-a", "watch.namespaces"),
            ("CORTEX_WORKER_TIMEOUT", "0", "timeouts.worker"), ("CORTEX_LOG_LEVEL", "loud", "log.level"),
        ])
    func wrongValue(variable: String, value: String, key: String) {
        #expect {
            try Configuration(environment: [variable: value])
        } throws: { error in
            let text = String(describing: error)
            return text.contains("“\(key)”") && text.contains(variable)
        }
    }

    @Test("Cortex heals by itself unless another program is named")
    func worker() throws {
        #expect(try Configuration().customWorker == nil)
        #expect(try Configuration(environment: ["SELF_HEAL_WORKER_PATH": Setting.defaultWorker]).customWorker == nil)
        #expect(try Configuration(environment: ["SELF_HEAL_WORKER_PATH": "/opt/mine"]).customWorker == "/opt/mine")
    }

    @Test("it listens on all addresses inside a cluster and on loopback outside one, on port 8000")
    func listen() throws {
        #expect(try Configuration().listen(insideCluster: true) == (["::", "0.0.0.0"], 8000))
        #expect(try Configuration().listen(insideCluster: false) == (["127.0.0.1"], 8000))
        let given = try Configuration(environment: ["CORTEX_LISTEN": "[::1]:9"])
        #expect(given.listen(insideCluster: true) == (["::1"], 9))
    }

    @Test(
        "durations are written as people write them",
        arguments: [("500ms", 500), ("30s", 30_000), ("2m", 120_000), ("1h", 3_600_000), ("7", 7000), ("0", 0)])
    func durations(text: String, milliseconds: Int) {
        #expect(DurationText.parse(text) == .milliseconds(milliseconds))
    }

    @Test("what is not a duration is refused", arguments: ["", "s", "-1s", "1d", "nan", "inf", "1e300s"])
    func notDurations(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test("tool servers may be listed in the file")
    func toolServers() throws {
        let configuration = try Configuration(
            file: ["toolServers": ["servers": [["name": "a", "url": "http://a:1/mcp"]], "reach": "dns"]])
        #expect(configuration.toolServers == [Configuration.ToolServer(name: "a", url: "http://a:1/mcp")])
        #expect(configuration.reach == "dns")
        #expect(throws: ConfigurationError.self) {
            try Configuration(file: ["toolServers": ["servers": [["name": "a"]]]])
        }
    }
}
