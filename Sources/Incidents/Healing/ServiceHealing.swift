public import Diagnosis

/// Heals services. One incident per workload: whoever asks meanwhile joins it and sees it from its beginning.
public protocol ServiceHealing: Sendable {
    /// The events of the incident, from its start; the last one is `completed` or `failed`.
    /// Leaving the stream does not stop the healing.
    func heal(_ outage: Outage) -> AsyncStream<HealingEvent>

    /// What `heal` would do, in one or two sentences, changing nothing: the answer where healing is switched off.
    func advise(_ outage: Outage) async -> String
}

/// A service that did not answer a request that needed it.
public struct Outage: Hashable, Sendable {
    public var service: String
    public var namespace: String
    /// Where it was called.
    public var url: String?
    /// How it failed.
    public var answer: ServiceAnswer
    /// The id of the request that needed it; nil when nobody asked.
    public var request: String?
    /// What to look at; by default the Service of this name, else the workload.
    public var target: Target

    public init(
        service: String, namespace: String, url: String?, answer: ServiceAnswer, request: String? = nil,
        target: Target? = nil
    ) {
        self.request = request
        self.service = service
        self.namespace = namespace
        self.url = url
        self.target = target ?? Target(namespace: namespace, name: service)
        // What an error quotes may hold anything.
        self.answer = ServiceAnswer(kind: answer.kind, message: Redaction.line(answer.message, limit: 500))
    }
}

/// What a person watching a healing sees.
public enum HealingEvent: Hashable, Sendable {
    case started(service: String, issue: String)
    case progress(service: String, message: String)
    /// Verified: the service answers again.
    case completed(service: String, message: String)
    case failed(service: String, message: String, recommendation: String)
}

extension Outage {
    /// The port that was called, where the URL names the Service as the cluster's DNS does; nil where it leads there
    /// some other way, by a proxy or a node's port.
    var askedPort: Int? {
        guard let url, let separator = url.firstRange(of: "://") else { return nil }
        let authority = url[separator.upperBound...].prefix { !"/?#".contains($0) }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first?.lowercased(), parts.count <= 2,
            [service, "\(service).\(namespace)", "\(service).\(namespace).svc"].contains(host)
                || host.hasPrefix("\(service).\(namespace).svc.")
        else { return nil }
        guard parts.count == 2 else { return url.hasPrefix("https://") ? 443 : 80 }
        return Int(parts[1])
    }
}
