extension Configuration {
    public var namespaces: [String] { list("namespaces") }
    public var defaultNamespace: String { namespaces[0] }
    public var isHealingEnabled: Bool { Self.truth(value("healing.enabled").text) ?? true }
    /// The program that heals instead of Cortex; nil when Cortex heals in its own process.
    public var customWorker: String? {
        let path = value("healing.worker").text
        return path.isEmpty || path == Setting.defaultWorker ? nil : path
    }
    public var healLogDirectory: String { value("healing.logDirectory").text }
    public var humanGrace: Duration { duration("healing.humanGrace") }
    public var isWatchEnabled: Bool { Self.truth(value("watch.enabled").text) ?? true }
    /// Watched besides those that are healed.
    public var watchedNamespaces: [String] { list("watch.namespaces").filter { !namespaces.contains($0) } }
    /// Changes within an hour: of one workload, in one namespace, in the cluster.
    public var budgets: (workload: Int, namespace: Int, cluster: Int) {
        (integer("budget.workload"), integer("budget.namespace"), integer("budget.cluster"))
    }
    public var workerTimeout: Duration { duration("timeouts.worker") }
    public var rolloutTimeout: Duration { duration("timeouts.rollout") }
    public var probeTimeout: Duration { duration("timeouts.probe") }
    public var toolCallTimeout: Duration { duration("timeouts.toolCall") }
    public var heartbeat: Duration { duration("http.heartbeat") }
    public var reach: String { value("toolServers.reach").text }
    public var corsOrigins: [String] { list("cors.origins") }
    public var dataDirectory: String? { value("data.directory").text.isEmpty ? nil : value("data.directory").text }
    public var logLevel: String { value("log.level").text }
    public var maximumConnections: Int { integer("http.maximumConnections") }
    public var maximumConnectionsPerAddress: Int { integer("http.maximumConnectionsPerAddress") }
    public var maximumBodyBytes: Int { integer("http.maximumBodyBytes") }
    public var maximumHeaderBytes: Int { integer("http.maximumHeaderBytes") }
    public var maximumStreams: Int { integer("http.maximumStreams") }
    public var maximumStreamQueueBytes: Int { integer("http.maximumStreamQueueBytes") }
    public var headerTimeout: Duration { duration("timeouts.httpHeader") }
    public var bodyTimeout: Duration { duration("timeouts.httpBody") }
    public var idleTimeout: Duration { duration("timeouts.httpIdle") }
    public var writeTimeout: Duration { duration("timeouts.httpWrite") }

    /// Address and port to listen on. Default: port 8000, all addresses inside a cluster and loopback outside one.
    public func listen(insideCluster: Bool) -> (address: String, port: Int) {
        let text = value("listen").text
        guard !text.isEmpty, let parsed = Self.endpoint(text) else {
            return (insideCluster ? "0.0.0.0" : "127.0.0.1", 8000)
        }
        return parsed
    }

    func check() throws(ConfigurationError) {
        func fail(_ key: String, _ expected: String) -> ConfigurationError {
            let (text, source) = value(key)
            let origin =
                switch source {
                case .fallback: "the default"
                case .file: "the configuration file"
                case .environment(let variable): variable
                case .flag(let flag): flag
                }
            return ConfigurationError("“\(key)” (from \(origin)) must be \(expected), not “\(text)”")
        }
        if namespaces.isEmpty { throw fail("namespaces", "at least one namespace") }
        for key in ["healing.enabled", "watch.enabled"] where Self.truth(value(key).text) == nil {
            throw fail(key, "true or false")
        }
        for setting in Setting.all
        where setting.key.hasPrefix("timeouts.") || ["healing.humanGrace", "http.heartbeat"].contains(setting.key) {
            guard let duration = DurationText.parse(value(setting.key).text) else {
                throw fail(setting.key, "a duration such as 500ms, 30s or 2m")
            }
            if duration == .zero, setting.key != "healing.humanGrace" { throw fail(setting.key, "more than zero") }
        }
        for setting in Setting.all where setting.key.hasPrefix("http.maximum") || setting.key.hasPrefix("budget.") {
            guard let number = Int(value(setting.key).text), number > 0 else {
                throw fail(setting.key, "a whole number above zero")
            }
        }
        if !["auto", "dns", "cluster-ip", "api-proxy"].contains(reach) {
            throw fail("toolServers.reach", "auto, dns, cluster-ip or api-proxy")
        }
        if !["debug", "info", "warning", "error"].contains(logLevel) {
            throw fail("log.level", "debug, info, warning or error")
        }
        if !value("listen").text.isEmpty, Self.endpoint(value("listen").text) == nil {
            throw fail("listen", "ADDRESS:PORT or :PORT")
        }
    }

    private func list(_ key: String) -> [String] {
        value(key).text.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
    }

    private func duration(_ key: String) -> Duration { DurationText.parse(value(key).text) ?? .zero }
    private func integer(_ key: String) -> Int { Int(value(key).text) ?? 0 }

    private static func truth(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "1", "yes", "on": true
        case "false", "0", "no", "off": false
        default: nil
        }
    }

    /// `127.0.0.1:8000`, `:8000`, `[::1]:8000`.
    private static func endpoint(_ text: String) -> (address: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else { return nil }
        var address = String(text[..<colon])
        if address.hasPrefix("["), address.hasSuffix("]") { address = String(address.dropFirst().dropLast()) }
        return (address.isEmpty ? "0.0.0.0" : address, port)
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
