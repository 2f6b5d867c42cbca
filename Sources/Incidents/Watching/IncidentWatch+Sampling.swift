import Diagnosis
import FoundationEssentials
import Healing
import Kubernetes
import Logging
import Synchronization

/// What containers take that a memory limit may end: seen before one is killed, it tells a leak from a limit that is a
/// little too low.
extension IncidentWatch {
    /// How long a namespace whose metrics may not be seen, or that nobody serves, is not asked again, in seconds.
    private static let pause = 1800.0
    /// The same for one of which there was no answer.
    private static let respite = 300.0

    /// One list a namespace and time, until its task is cancelled.
    public func sampleMemory(every interval: Duration = .seconds(60)) async {
        var paused: [String: Date] = [:]
        while (try? await Task.sleep(for: interval)) != nil {  // throws only when it is cancelled
            await sample(&paused)
        }
    }

    /// - Parameter paused: namespaces that are not asked before these times.
    func sample(_ paused: inout [String: Date]) async {
        let pods = state.withLock { $0.hasBegun ? $0.cluster.limitedPods : [:] }
        let reader = SnapshotReader(api: desk.surroundings.api, now: desk.surroundings.now)
        for (namespace, limited) in pods.sorted(by: { $0.key < $1.key }) {
            let now = desk.surroundings.now()
            guard paused[namespace].map({ $0 <= now }) ?? true else { continue }
            switch await reader.read(PodMetrics.self, namespace) {
            case .items(let metrics): desk.usage.add(metrics, of: limited)
            case .refused, .absent:
                desk.surroundings.log.debug("The memory of pods in \(namespace) cannot be seen")
                paused[namespace] = now.addingTimeInterval(Self.pause)
            case .unanswered(let error):
                desk.surroundings.log.debug("The memory of pods in \(namespace) is not known: \(error)")
                paused[namespace] = now.addingTimeInterval(Self.respite)
            }
        }
    }
}
