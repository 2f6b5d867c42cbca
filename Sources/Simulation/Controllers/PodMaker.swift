import JSON
import Kubernetes

/// Makes the pods of a controller, and chooses those that go first.
enum PodMaker {
    /// Makes `count` pods, one, then two, then four at a time as the real controllers do, until one is refused.
    /// - Returns: the server's words when it refused one.
    static func make(
        _ count: Int, of owner: JSONValue, _ resource: Resource, _ component: String, _ world: inout World
    ) -> String? {
        for _ in 0..<min(count, 500) {
            if let refusal = make(of: owner, resource, component, &world) { return refusal }
        }
        return nil
    }

    /// - Parameters:
    ///   - namesOwner: whether its Events say where the pod belongs.
    ///   - change: what this pod has beyond the template: a name, a host name, a node.
    static func make(
        of owner: JSONValue, _ resource: Resource, _ component: String, _ world: inout World,
        template: JSONValue? = nil, namesOwner: Bool = false, change: (inout JSONValue) -> Void = { _ in }
    ) -> String? {
        let template = template ?? owner.at("spec", "template") ?? [:]
        var pod: JSONValue = ["apiVersion": "v1", "kind": "Pod", "spec": template["spec"] ?? [:]]
        var metadata = template["metadata"] ?? [:]
        metadata["creationTimestamp"] = nil
        metadata["generateName"] = .string(String(owner.name.prefix(57)) + "-")
        metadata["namespace"] = .string(owner.namespace ?? "")
        metadata["ownerReferences"] = [reference(to: owner, resource)]
        pod["metadata"] = metadata
        change(&pod)
        switch world.add(.pods, pod, as: "kube-controller-manager") {
        case .success(let made):
            world.tell(
                owner, resource, "SuccessfulCreate",
                namesOwner ? "\(Self.creation(of: made, by: owner, resource)) successful" : "Created pod: \(made.name)",
                from: component)
            return nil
        case .failure(let status):
            let words = status.message ?? status.reason ?? "refused"
            world.tell(
                owner, resource, "FailedCreate",
                namesOwner
                    ? "\(Self.creation(of: pod, by: owner, resource)) failed error: \(words)"
                    : "Error creating: \(words)",
                isWarning: true, from: component)
            return words
        }
    }

    /// As a StatefulSet speaks of it.
    private static func creation(of pod: JSONValue, by owner: JSONValue, _ resource: Resource) -> String {
        "create Pod \(pod.name) in \(resource.kind) \(owner.name)"
    }

    static func reference(to owner: JSONValue, _ resource: Resource) -> JSONValue {
        [
            "apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind), "name": .string(owner.name),
            "uid": .string(owner.uid), "controller": true, "blockOwnerDeletion": true,
        ]
    }

    /// Those that serve least come first: unassigned, pending, not ready, often restarted, young.
    /// Source: `ActivePodsWithRanks` in pkg/controller/controller_utils.go.
    static func leastNeeded(_ pods: [JSONValue]) -> [JSONValue] {
        func rank(_ pod: JSONValue) -> (Int, Int, Int, Int) {
            (
                pod.nodeName == nil ? 0 : 1, pod.phase == "Pending" ? 0 : 1, pod.isReady ? 1 : 0, -pod.restarts
            )
        }
        return pods.sorted { left, right in
            let (a, b) = (rank(left), rank(right))
            if a != b { return a < b }
            let young = left.at("metadata", "creationTimestamp")?.stringValue ?? ""
            let old = right.at("metadata", "creationTimestamp")?.stringValue ?? ""
            return young != old ? young > old : left.name < right.name
        }
    }
}
