public import FoundationEssentials
public import Kubernetes

/// Who began a healing.
public enum HealingTrigger: String, Codable, Hashable, Sendable, CaseIterable {
    /// A request that needs the service.
    case request
    /// What a watch showed.
    case watch
    /// A person's `cortex heal`, or the worker.
    case command
}

/// One change that Cortex made, as the budgets count it.
public struct HealingAttempt: Codable, Hashable, Sendable {
    public var workload: WorkloadReference
    public var action: Action
    public var trigger: HealingTrigger
    public var at: Date

    public init(workload: WorkloadReference, action: Action, trigger: HealingTrigger, at: Date) {
        self.workload = workload
        self.action = action
        self.trigger = trigger
        self.at = at
    }
}

/// How often Cortex may change things. What fails again after each repair is not repaired by one more.
public struct HealingBudget: Hashable, Sendable {
    public enum Answer: Hashable, Sendable {
        case allowed
        /// The next try of the same, after a pause that grows.
        case wait(until: Date)
        case exhausted(reason: String)
    }

    /// Changes of one workload within the period. Default 30.
    public var perWorkload: Int
    /// Default 60.
    public var perNamespace: Int
    /// Default 120.
    public var perCluster: Int
    /// Default one hour.
    public var period: Duration
    /// How often the same action may be repeated on one workload within the period when nobody asked for it. Default 3.
    public var repeats: Int
    /// Before the second and each later of these. Default 15 s, then 60 s.
    public var pauses: [Duration]

    public init(
        perWorkload: Int = 30, perNamespace: Int = 60, perCluster: Int = 120, period: Duration = .seconds(3600),
        repeats: Int = 3, pauses: [Duration] = [.seconds(15), .seconds(60)]
    ) {
        self.perWorkload = perWorkload
        self.perNamespace = perNamespace
        self.perCluster = perCluster
        self.period = period
        self.repeats = repeats
        self.pauses = pauses
    }

    /// Whether one more change is within the budget.
    public func answer(
        for attempt: HealingAttempt, after attempts: [HealingAttempt]
    ) -> Answer {
        let start = attempt.at.addingTimeInterval(-period.inSeconds)
        let recent = attempts.filter { $0.at > start }
        let name = "\(attempt.workload) in \(attempt.workload.namespace)"
        let minutes = Int(period.inSeconds / 60)
        func spent(_ count: Int, _ what: String) -> Answer {
            .exhausted(reason: "the budget of \(count) changes of \(what) within \(minutes) minutes is spent")
        }
        let own = recent.filter { $0.workload == attempt.workload }
        if own.count >= perWorkload { return spent(perWorkload, name) }
        if recent.filter({ $0.workload.namespace == attempt.workload.namespace }).count >= perNamespace {
            return spent(perNamespace, "the namespace \(attempt.workload.namespace)")
        }
        if recent.count >= perCluster { return spent(perCluster, "the cluster") }
        // Whoever asks for the service needs it now, and asks again only if it fails again.
        guard attempt.trigger == .watch else { return .allowed }
        let same = own.filter { $0.trigger == .watch && $0.action == attempt.action }
        if attempt.action == .scale, let last = same.map(\.at).max() {
            let seconds = Int(attempt.at.timeIntervalSince(last))
            return .exhausted(
                reason: "it was scaled to zero again \(seconds) s after Cortex had restored it, so somebody means it")
        }
        guard same.count < repeats else {
            return .exhausted(
                reason: "it has failed again after each of \(same.count) times that Cortex did the same "
                    + "(\(attempt.action.rawValue)) within \(minutes) minutes")
        }
        guard let last = same.map(\.at).max(), !pauses.isEmpty else { return .allowed }
        let until = last.addingTimeInterval(pauses[min(same.count, pauses.count) - 1].inSeconds)
        return until > attempt.at ? .wait(until: until) : .allowed
    }
}
