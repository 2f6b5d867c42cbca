import JSON
import Kubernetes

/// Keeps count of how many pods each PodDisruptionBudget lets go.
/// Source: pkg/controller/disruption of Kubernetes.
struct DisruptionController: KeyedController {
    static let resource = Resource(
        group: "policy", version: "v1", plural: "poddisruptionbudgets", kind: "PodDisruptionBudget")

    func keys(of change: StoreChange, _ world: World) -> [ObjectKey] {
        switch change.resource.kind {
        case "PodDisruptionBudget": return [ObjectKey(change.object)]
        case "Pod", "Deployment", "StatefulSet", "ReplicaSet":
            return world.all(Self.resource, in: change.object.namespace).filter { budget in
                change.resource.kind != "Pod"
                    || LabelMatch.selector(budget.at("spec", "selector"), change.object.labels)
            }.map { ObjectKey($0) }
        default: return []
        }
    }

    mutating func sync(_ key: ObjectKey, _ world: inout World) -> Double? {
        guard let budget = world.find(Self.resource, key.namespace, key.name) else { return nil }
        let pods = world.all(.pods, in: key.namespace).filter {
            LabelMatch.selector(budget.at("spec", "selector"), $0.labels) && $0.isActive
        }
        let disrupted = Self.disrupted(budget, pods, world)
        let healthy = pods.filter { $0.isReady && disrupted[$0.name] == nil }.count
        let expected = Self.expected(pods, world)
        let (desired, allowed) = Self.arithmetic(budget["spec"], expected: expected, healthy: healthy)
        let stamp = world.stamp(world.seconds)
        world.edit(Self.resource, budget, as: "kube-controller-manager", status: true) { budget in
            budget.put(.integer(healthy), at: "status", "currentHealthy")
            budget.put(.integer(desired), at: "status", "desiredHealthy")
            budget.put(.integer(expected), at: "status", "expectedPods")
            budget.put(.integer(allowed), at: "status", "disruptionsAllowed")
            budget.put(.integer(budget.generation), at: "status", "observedGeneration")
            budget.put(
                disrupted.isEmpty ? JSONValue?.none : .object(disrupted.mapValues(\.stamp)), at: "status",
                "disruptedPods")
            budget.setCondition(
                "DisruptionAllowed", allowed > 0 ? "True" : "False",
                reason: allowed > 0 ? "SufficientPods" : "InsufficientPods", at: stamp, updates: false)
        }
        return disrupted.values.map(\.until).min()
    }

    /// Seconds for which an evicted pod counts as gone though it is not.
    private static let patience = 120.0

    /// The pods whose eviction was allowed and that are not yet on their way out.
    private static func disrupted(
        _ budget: JSONValue, _ pods: [JSONValue], _ world: World
    ) -> [String: (stamp: JSONValue, until: Double)] {
        let noted = budget.at("status", "disruptedPods")?.objectValue ?? [:]
        let names = Set(pods.map(\.name))
        var found: [String: (stamp: JSONValue, until: Double)] = [:]
        for (name, stamp) in noted where names.contains(name) {
            let until = (world.seconds(of: stamp) ?? 0) + patience
            if until > world.seconds { found[name] = (stamp, until) }
        }
        return found
    }

    /// How many must stay healthy, and how many may go now.
    static func arithmetic(_ spec: JSONValue?, expected: Int, healthy: Int) -> (desired: Int, allowed: Int) {
        let desired =
            if let most = spec?["maxUnavailable"] {
                max(0, expected - RollingUpdate.count(most, of: expected, up: true))
            } else {
                RollingUpdate.count(spec?["minAvailable"] ?? 1, of: expected, up: true)
            }
        return (desired, expected > 0 ? max(0, healthy - desired) : 0)
    }

    /// As many pods as the controllers behind them want.
    private static func expected(_ pods: [JSONValue], _ world: World) -> Int {
        var owners: [String: Int] = [:]
        var loose = 0
        for pod in pods {
            guard let owner = pod.controller, let name = owner["name"]?.stringValue else {
                loose += 1
                continue
            }
            let resource: Resource = owner["kind"] == "StatefulSet" ? .statefulSets : .replicaSets
            guard let object = world.find(resource, pod.namespace, name) else {
                loose += 1
                continue
            }
            let top = object.controller?["name"]?.stringValue.flatMap { world.find(.deployments, pod.namespace, $0) }
            owners[(top ?? object).uid] = (top ?? object).at("spec", "replicas")?.intValue ?? 1
        }
        return loose + owners.values.reduce(0, +)
    }
}
