import Kubernetes

/// What a watch shows of one autoscaler that a person has to know.
struct WatchedScaler: Hashable, Sendable {
    var name: String
    /// What it asks for beyond its maximum; nil when it has what it needs.
    var ceiling: String?
    /// Why it cannot scale; nil when it can.
    var blindness: String?
    /// No waiting brings what it lacks.
    var isCertainlyBlind = false

    /// By how much a metric may miss its target before the autoscaler acts.
    /// Source: `--horizontal-pod-autoscaler-tolerance` of the controller manager.
    private static let tolerance = 0.1

    /// - Parameter wasOver: it was over its target when it was last seen: it is until it is back at it, so that a load
    ///   that swings about the bound is one story.
    init(_ scaler: HorizontalPodAutoscaler, wasOver: Bool) {
        name = scaler.name
        if scaler.ceiling != nil, scaler.load ?? 2 > (wasOver ? 1 : 1 + Self.tolerance) {
            ceiling = "more than its maximum of \(scaler.spec.maxReplicas) replicas"
        }
        if let blind = scaler.blindness {
            let text = blind.message ?? blind.reason ?? "no reason given"
            blindness = text
            isCertainlyBlind = text.lowercased().contains("missing request")
        }
    }

    /// The workload whose count it keeps; nil where it is of a kind that Cortex does not know.
    static func target(of scaler: HorizontalPodAutoscaler) -> WorkloadReference? {
        let target = scaler.spec.scaleTargetRef
        return WorkloadReference.Kind(rawValue: target.kind).map {
            WorkloadReference(kind: $0, namespace: scaler.namespace, name: target.name)
        }
    }
}
