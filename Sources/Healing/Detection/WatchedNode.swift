import FoundationEssentials
import Kubernetes

/// What a watch shows of one node that is bad for the pods on it.
struct WatchedNode: Hashable, Sendable {
    /// Why it is not ready; nil when it is.
    var down: String?
    /// What it is short of, so that it evicts pods; nil when of nothing.
    var pressure: String?
    /// Ready and cordoned: somebody may be draining it.
    var isCordoned = false

    /// - Returns: nil for a node of which nothing is to be told.
    init?(_ node: Node) {
        pressure = ["DiskPressure", "MemoryPressure", "PIDPressure"].first { node.condition($0) != nil }
        let ready = node.status?.conditions?.first { $0.type == "Ready" }
        // One that is cordoned is somebody's work in progress; one that was never ready is only just joining.
        if let ready, !ready.isTrue, node.spec?.unschedulable != true, !Self.isJoining(node, ready) {
            down = ready.message ?? ready.reason ?? "no reason given"
        }
        isCordoned = node.spec?.unschedulable == true && ready?.isTrue == true
        if down == nil, pressure == nil, !isCordoned { return nil }
    }

    private static func isJoining(_ node: Node, _ ready: Condition) -> Bool {
        guard let made = node.metadata.creationTimestamp, let since = ready.lastTransitionTime else { return false }
        return since.timeIntervalSince(made) < 10
    }
}
