import FoundationEssentials
import Healing
import JSON
import Kubernetes
import Synchronization

/// What `cortex.io/heal` says on a namespace, asked for when it counts.
final class NamespaceModes: Sendable {
    private let api: any ClusterAPI
    private let known = Mutex<[String: HealMode]>([:])

    init(api: any ClusterAPI) { self.api = api }

    /// The policy, knowing what the namespace says or that Cortex may not read it; without an answer what it said last.
    func policy(_ policy: HealingPolicy, in namespace: String) async -> HealingPolicy {
        var policy = policy
        do throws(APIError) {
            policy.namespaceModes[namespace] = try await read(namespace)
        } catch {
            policy.namespaceModes[namespace] = known.withLock { $0[namespace] }
            if error.isForbidden { policy.hiddenNamespaces.insert(namespace) }
        }
        return policy
    }

    private func read(_ namespace: String) async throws(APIError) -> HealMode? {
        let body = try await api.send(APIRequest(.get, .namespaces, name: namespace))
        // What is no JSON object has no annotations.
        let object = (try? JSONCoding.decode(JSONValue.self, from: body)) ?? .null
        let annotations = object["metadata"]?["annotations"]?.objectValue ?? [:]
        let mode = HealMode(annotations: annotations.compactMapValues(\.stringValue))
        known.withLock { $0[namespace] = mode }
        return mode
    }
}
