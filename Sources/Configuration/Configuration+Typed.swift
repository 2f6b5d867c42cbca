extension Configuration {
    /// Each once, whoever named it twice: two watches of one namespace would find everything twice.
    public var namespaces: [String] { unique(list("namespaces")) }
    public var defaultNamespace: String { namespaces[0] }
    public var isHealingEnabled: Bool { Setting.Kind.truth(value("healing.enabled").text) ?? true }
    /// The program that heals instead of Cortex; nil when Cortex heals in its own process.
    public var customWorker: String? {
        let path = value("healing.worker").text
        return path.isEmpty || path == Setting.defaultWorker ? nil : path
    }
    public var healLogDirectory: String { value("healing.logDirectory").text }
    public var healLogMaximumAge: Duration { duration("healing.logMaximumAge") }
    public var healLogMaximumBytes: Int { integer("healing.logMaximumBytes") }
    public var humanGrace: Duration { duration("healing.humanGrace") }
    /// Nil for the default.
    public var leaseNamespace: String? {
        let name = value("healing.leaseNamespace").text
        return name.isEmpty ? nil : name
    }
    public var isWatchEnabled: Bool { Setting.Kind.truth(value("watch.enabled").text) ?? true }
    /// Watched besides those that are healed.
    public var watchedNamespaces: [String] {
        unique(list("watch.namespaces")).filter { !namespaces.contains($0) }
    }
    /// Zero for never.
    public var askEvery: Duration { duration("watch.askEvery") }
    /// Changes within an hour: of one workload, in one namespace, in the cluster.
    public var budgets: (workload: Int, namespace: Int, cluster: Int) {
        (integer("budget.workload"), integer("budget.namespace"), integer("budget.cluster"))
    }
    public var workerTimeout: Duration { duration("timeouts.worker") }
    public var rolloutTimeout: Duration { duration("timeouts.rollout") }
    public var probeTimeout: Duration { duration("timeouts.probe") }
    public var toolCallTimeout: Duration { duration("timeouts.toolCall") }
    public var heartbeat: Duration { duration("http.heartbeat") }
    public var drain: Duration { duration("http.drain") }
    public var reach: String { value("toolServers.reach").text }
    public var corsOrigins: [String] { list("cors.origins") }
    public var dataDirectory: String? { value("data.directory").text.isEmpty ? nil : value("data.directory").text }
    public var logLevel: String { value("log.level").text }
    public var isLogJSON: Bool { value("log.format").text == "json" }
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

    /// Addresses to listen on, the first that this machine has, and the port. Default: port 8000, all addresses inside
    /// a cluster and loopback outside one. All addresses are `::`, both families, and where there is no IPv6 `0.0.0.0`.
    public func listen(insideCluster: Bool) -> (addresses: [String], port: Int) {
        let all = ["::", "0.0.0.0"]
        let text = value("listen").text
        guard !text.isEmpty, let (address, port) = Setting.Kind.endpoint(text) else {
            return (insideCluster ? all : ["127.0.0.1"], 8000)
        }
        return (address.isEmpty ? all : [address], port)
    }

    func check() throws(ConfigurationError) {
        for setting in Setting.all {
            let (text, source) = value(setting.key)
            if let expected = setting.kind.objection(to: text) {
                throw ConfigurationError("“\(setting.key)” (from \(source)) must be \(expected), not “\(text)”")
            }
        }
    }

    private func list(_ key: String) -> [String] {
        value(key).text.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
    }

    private func duration(_ key: String) -> Duration { DurationText.parse(value(key).text) ?? .zero }
    private func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    private func integer(_ key: String) -> Int { Int(value(key).text) ?? 0 }
}

extension Setting.Kind {
    /// What the value would have to be; nil when it is that.
    func objection(to text: String) -> String? {
        switch self {
        case .text, .words: return nil
        case .names(let isEmptyAllowed):
            let names = text.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
            if names.isEmpty, !isEmptyAllowed { return "at least one name" }
            return names.allSatisfy(Self.isName)
                ? nil : "names as Kubernetes has them (small letters, digits and “-”, up to 63)"
        case .name:
            return text.isEmpty || Self.isName(text)
                ? nil : "a name as Kubernetes has them (small letters, digits and “-”, up to 63)"
        case .truth: return Self.truth(text) == nil ? "true or false" : nil
        case .duration(let isZeroAllowed):
            guard let duration = DurationText.parse(text) else { return "a duration such as 500ms, 30s or 2m" }
            return duration == .zero && !isZeroAllowed ? "more than zero" : nil
        case .count: return (Int(text) ?? 0) > 0 ? nil : "a whole number above zero"
        case .choice(let words): return words.contains(text) ? nil : Self.list(words)
        case .endpoint: return text.isEmpty || Self.endpoint(text) != nil ? nil : "ADDRESS:PORT or :PORT"
        }
    }

    /// A DNS label. Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
    public static func isName(_ text: String) -> Bool {
        let allowed = { (byte: UInt8) in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
        }
        return (1...63).contains(text.utf8.count) && text.utf8.allSatisfy(allowed) && !text.hasPrefix("-")
            && !text.hasSuffix("-")
    }

    static func truth(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "1", "yes", "on": true
        case "false", "0", "no", "off": false
        default: nil
        }
    }

    /// `127.0.0.1:8000`, `:8000`, `[::1]:8000`.
    static func endpoint(_ text: String) -> (address: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else { return nil }
        var address = String(text[..<colon])
        if address.hasPrefix("["), address.hasSuffix("]") { address = String(address.dropFirst().dropLast()) }
        return (address, port)
    }

    /// `a, b or c`.
    static func list(_ words: [String]) -> String {
        words.count < 2 ? words.joined() : words.dropLast().joined(separator: ", ") + " or " + words[words.count - 1]
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
