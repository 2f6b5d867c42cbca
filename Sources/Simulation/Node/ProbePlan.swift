import JSON

/// A probe as its container states it, with the API's defaults.
/// Source: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
struct ProbePlan: Hashable, Sendable {
    enum Kind: String, Hashable, Sendable {
        case readiness = "Readiness"
        case liveness = "Liveness"
        case startup = "Startup"
    }
    enum Question: Hashable, Sendable {
        case http(port: Int?, path: String)
        case tcp(port: Int?)
        /// A command inside the container: it succeeds while the process works, unless it is `false` or `exit N`.
        case exec(succeeds: Bool)
    }

    var kind: Kind
    var question: Question
    var initialDelay: Double
    var period: Double
    var timeout: Double
    var successes: Int
    var failures: Int

    init(_ probe: JSONValue, of container: JSONValue, kind: Kind) {
        self.kind = kind
        initialDelay = probe["initialDelaySeconds"]?.doubleValue ?? 0
        period = max(1, probe["periodSeconds"]?.doubleValue ?? 10)
        timeout = max(1, probe["timeoutSeconds"]?.doubleValue ?? 1)
        successes = max(1, probe["successThreshold"]?.intValue ?? 1)
        failures = max(1, probe["failureThreshold"]?.intValue ?? 3)
        if let http = probe["httpGet"] {
            question = .http(port: Self.number(http["port"], container), path: http["path"]?.stringValue ?? "/")
        } else if let socket = probe["tcpSocket"] ?? probe["grpc"] {
            question = .tcp(port: Self.number(socket["port"], container))
        } else {
            let command = (probe.at("exec", "command")?.arrayValue ?? []).compactMap(\.stringValue)
            let text = command.joined(separator: " ")
            question = .exec(succeeds: !(text.hasSuffix("false") || text.contains("exit 1")))
        }
    }

    private static func number(_ port: JSONValue?, _ container: JSONValue) -> Int? {
        if let number = port?.intValue { return number }
        guard let name = port?.stringValue else { return nil }
        return (container["ports"]?.arrayValue ?? []).first { $0["name"]?.stringValue == name }?["containerPort"]?
            .intValue ?? Int(name)
    }
}
