/// What Cortex may do and how long it may take; everything has a default that is safe on a production cluster.
public struct HealingPolicy: Hashable, Sendable {
    /// The namespaces in which Cortex may write.
    public var namespaces: [String]
    /// How long a person's change of a template is left alone. Default 30 s.
    public var humanGrace: Duration
    /// From a write to the workload being ready. Default 60 s.
    public var rolloutTimeout: Duration
    /// From the workload being ready to the service's true answer. Default 30 s.
    public var probeTimeout: Duration
    /// For the whole healing. Default 120 s.
    public var deadline: Duration
    /// What of the time given is kept for telling how it ended, and is no part of `deadline`. Default none.
    public var reserve = Duration.zero
    /// For one question to the service while it is doubtful whether it works. Default 5 s.
    public var confirmTimeout: Duration
    /// How long a service must go on answering before it counts as healed. Default 250 ms.
    public var settle: Duration
    /// Whether a healing ends when its service is proven to answer, though the last pods of what answers still start:
    /// for a request that waits. What becomes of these is the watch's business. Default false.
    public var endsWhenServing = false
    /// Whether what is wrong is told although the service answers: what the watch found is no less wrong for that, as
    /// when a node is down under pods that still serve. Default false.
    public var tellsWhileServing = false
    /// Writes in one healing. Default 3.
    public var maximumWrites: Int
    /// What `cortex.io/heal` says on namespaces, by their names.
    public var namespaceModes: [String: HealMode] = [:]
    /// Namespaces that Cortex may not read: whether they carry `cortex.io/heal` is not known, so it counts as a no.
    public var hiddenNamespaces: Set<String> = []
    /// Stands above every annotation: `auto` shows what would be done if none were in the way, anything else changes
    /// nothing. Default nil.
    public var forcedMode: HealMode?

    public init(
        namespaces: [String], humanGrace: Duration = .seconds(30), rolloutTimeout: Duration = .seconds(60),
        probeTimeout: Duration = .seconds(30), deadline: Duration = .seconds(120),
        confirmTimeout: Duration = .seconds(5), settle: Duration = .milliseconds(250), maximumWrites: Int = 3
    ) {
        self.namespaces = namespaces
        self.humanGrace = humanGrace
        self.rolloutTimeout = rolloutTimeout
        self.probeTimeout = probeTimeout
        self.deadline = deadline
        self.confirmTimeout = confirmTimeout
        self.settle = settle
        self.maximumWrites = maximumWrites
    }
}
