import JSON
import Kubernetes

/// Follows the CPU of a workload's pods with its replica count.
/// Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
struct AutoscalerController: KeyedController {
    static let component = "horizontal-pod-autoscaler"
    /// Seconds between two looks.
    static let period = 15.0
    /// A smaller difference than this share is none.
    static let tolerance = 0.1
    /// The highest wish of the last five minutes holds against scaling down.
    private var wishes: [ObjectKey: [(at: Double, count: Int)]] = [:]

    func keys(of change: StoreChange, _ world: World) -> [ObjectKey] {
        Simulation.keys(of: change, own: .autoscalers)
    }

    mutating func sync(_ key: ObjectKey, _ world: inout World) -> Double? {
        guard let scaler = world.find(.autoscalers, key.namespace, key.name) else {
            wishes[key] = nil
            return nil
        }
        let again = world.seconds + Self.period
        let kind = scaler.at("spec", "scaleTargetRef", "kind")?.stringValue
        let resource: Resource? = [.deployments, .statefulSets, .replicaSets].first { $0.kind == kind }
        guard let resource, let name = scaler.at("spec", "scaleTargetRef", "name")?.stringValue,
            let target = world.find(resource, key.namespace, name)
        else {
            let name = scaler.at("spec", "scaleTargetRef", "name")?.stringValue ?? ""
            let words = "\(kind?.lowercased() ?? "")s/scale.apps \"\(name)\" not found"
            note(
                scaler, &world,
                ("AbleToScale", "False", "FailedGetScale", "\(Self.controller) unable to get \(Self.scale): \(words)"))
            world.tell(scaler, .autoscalers, "FailedGetScale", words, isWarning: true, from: Self.component)
            return again
        }
        let current = target.at("spec", "replicas")?.intValue ?? 1
        // At zero it is switched off.
        guard current > 0 else {
            note(
                scaler, &world, Self.found,
                (
                    "ScalingActive", "False", "ScalingDisabled",
                    "scaling is disabled since the replica count of the target is zero"
                ))
            return again
        }
        guard let use = use(of: target, scaler, world) else {
            blind(scaler, current, &world)
            return again
        }
        let goal = Self.goal(of: scaler)
        let ratio = use / goal
        let least = scaler.at("spec", "minReplicas")?.intValue ?? 1
        let most = scaler.at("spec", "maxReplicas")?.intValue ?? 1
        let wish = abs(ratio - 1) <= Self.tolerance ? current : Int((ratio * Double(current)).rounded(.up))
        wishes[key, default: []].append((world.seconds, wish))
        wishes[key]?.removeAll { $0.at < world.seconds - 300 }
        let steady = wish < current ? min(current, wishes[key]?.map(\.count).max() ?? wish) : wish
        let count = max(least, min(most, steady))
        report(scaler, current, count, use, isLimited: steady > most || steady < least, tooMany: steady > most, &world)
        guard count != current else { return again }
        world.edit(resource, target, as: "kube-controller-manager") { $0.put(.integer(count), at: "spec", "replicas") }
        let reason =
            count > current
            ? "cpu resource utilization (percentage of request) above target" : "All metrics below target"
        world.tell(
            scaler, .autoscalers, "SuccessfulRescale", "New size: \(count); reason: \(reason)", from: Self.component)
        return again
    }

    private static func goal(of scaler: JSONValue) -> Double {
        if let percent = scaler.at("spec", "targetCPUUtilizationPercentage")?.doubleValue { return max(1, percent) }
        let metric = scaler.at("spec", "metrics")?.arrayValue?.first
        return max(1, metric?.at("resource", "target", "averageUtilization")?.doubleValue ?? 80)
    }

    /// Percent of the request that the ready pods use on average; nil when a pod requests no CPU.
    private func use(of target: JSONValue, _ scaler: JSONValue, _ world: World) -> Double? {
        let selector = target.at("spec", "selector")
        let pods = world.all(.pods, in: target.namespace).filter {
            LabelMatch.selector(selector, $0.labels) && $0.isActive && $0.isReady
        }
        guard !pods.isEmpty else { return nil }
        var used = 0.0
        var requested = 0.0
        for pod in pods {
            for container in pod.at("spec", "containers")?.arrayValue ?? [] {
                guard let request = container.at("resources", "requests", "cpu")?.stringValue.flatMap({ Quantity($0) })
                else { return nil }
                requested += request.value
            }
            used += world.usage(ofPod: pod.uid).cpu
        }
        return requested > 0 ? used / requested * 100 : nil
    }

    private typealias Condition = (type: String, status: String, reason: String, message: String)

    private static let controller = "the HPA controller was"
    private static let scale = "the target's current scale"
    private static let found: Condition = (
        "AbleToScale", "True", "SucceededGetScale", "\(controller) able to get \(scale)"
    )

    private func note(_ scaler: JSONValue, _ world: inout World, _ conditions: Condition...) {
        let stamp = world.stamp(world.seconds)
        world.edit(.autoscalers, scaler, as: "kube-controller-manager", status: true) { scaler in
            for one in conditions {
                scaler.setCondition(
                    one.type, one.status, reason: one.reason, message: one.message, at: stamp, updates: false)
            }
        }
    }

    private func blind(_ scaler: JSONValue, _ current: Int, _ world: inout World) {
        let words =
            "failed to get cpu utilization: missing request for cpu"
        let stamp = world.stamp(world.seconds)
        world.edit(.autoscalers, scaler, as: "kube-controller-manager", status: true) { scaler in
            scaler.put(.integer(current), at: "status", "currentReplicas")
            scaler.put(.integer(0), at: "status", "desiredReplicas")
            scaler.setCondition(
                Self.found.type, Self.found.status, reason: Self.found.reason, message: Self.found.message,
                at: stamp, updates: false)
            scaler.setCondition(
                "ScalingActive", "False", reason: "FailedGetResourceMetric",
                message: "the HPA was unable to compute the replica count: \(words)", at: stamp, updates: false)
        }
        world.tell(scaler, .autoscalers, "FailedGetResourceMetric", words, isWarning: true, from: Self.component)
        world.tell(
            scaler, .autoscalers, "FailedComputeMetricsReplicas",
            "invalid metrics (1 invalid out of 1), first error is: \(words)", isWarning: true, from: Self.component)
    }

    private func report(
        _ scaler: JSONValue, _ current: Int, _ count: Int, _ use: Double, isLimited: Bool, tooMany: Bool,
        _ world: inout World
    ) {
        let stamp = world.stamp(world.seconds)
        world.edit(.autoscalers, scaler, as: "kube-controller-manager", status: true) { scaler in
            scaler.put(.integer(current), at: "status", "currentReplicas")
            scaler.put(.integer(count), at: "status", "desiredReplicas")
            scaler.put(
                [
                    [
                        "type": "Resource",
                        "resource": ["name": "cpu", "current": ["averageUtilization": .integer(Int(use))]],
                    ]
                ], at: "status", "currentMetrics")
            scaler.setCondition(
                "AbleToScale", "True", reason: "ReadyForNewScale", message: "recommended size matches current size",
                at: stamp, updates: false)
            scaler.setCondition("ScalingActive", "True", reason: "ValidMetricFound", at: stamp, updates: false)
            scaler.setCondition(
                "ScalingLimited", isLimited ? "True" : "False",
                reason: isLimited ? (tooMany ? "TooManyReplicas" : "TooFewReplicas") : "DesiredWithinRange",
                message: isLimited
                    ? "the desired replica count is \(tooMany ? "more than the maximum" : "less than the minimum") "
                        + "replica count"
                    : "the desired count is within the acceptable range", at: stamp, updates: false)
        }
    }
}
