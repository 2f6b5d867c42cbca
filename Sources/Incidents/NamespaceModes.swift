import FoundationEssentials
import Healing
import JSON
import Kubernetes
import Logging
import Synchronization

/// What `cortex.io/heal` says on a namespace, asked for when it counts.
final class NamespaceModes: Sendable {
    private struct State {
        var known: [String: HealMode] = [:]
        var hasWarned: Set<String> = []
    }

    private let api: any ClusterAPI
    private let log: Logger
    private let state = Mutex(State())

    init(api: any ClusterAPI, log: Logger) {
        self.api = api
        self.log = log
    }

    /// Nil where the namespace says nothing, or Cortex may not read it; without an answer what it said last.
    func mode(of namespace: String) async -> HealMode? {
        do throws(APIError) {
            let body = try await api.send(APIRequest(.get, .namespaces, name: namespace))
            // What is no JSON object has no annotations.
            let object = (try? JSONCoding.decode(JSONValue.self, from: body)) ?? .null
            let annotations = object["metadata"]?["annotations"]?.objectValue ?? [:]
            let mode = HealMode(annotations: annotations.compactMapValues(\.stringValue))
            state.withLock { $0.known[namespace] = mode }
            return mode
        } catch {
            if error.isForbidden, state.withLock({ $0.hasWarned.insert(namespace).inserted }) {
                log.warning(
                    "Whether the namespace \(namespace) carries \(HealMode.annotation) cannot be seen: grant get on "
                        + "namespaces there. Until then it counts as not annotated.")
            }
            return state.withLock { $0.known[namespace] }
        }
    }
}
