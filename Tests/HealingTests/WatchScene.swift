import Diagnosis
import FoundationEssentials
import JSON
import Kubernetes

@testable import Healing

/// A namespace as its watches show it, a simulated clock, and the machine that reads both.
final class WatchScene {
    var now = Date(timeIntervalSince1970: 1_800_000_000)
    var cluster = WatchedCluster()
    var machine = SymptomMachine()
    /// Where pods are; nil for nowhere in particular.
    var onNode: String?

    /// A Deployment in words.
    struct Shape {
        var replicas = 2
        var ready = 2
        var generation: Int64 = 1
        var observed: Int64?
        var progressing = "NewReplicaSetAvailable"
        var refusal: String?
        var annotations: [String: String] = [:]
    }

    static func reference(_ name: String) -> WorkloadReference {
        WorkloadReference(kind: .deployment, namespace: "shop", name: name)
    }

    /// `name` with its pods, a Service and endpoints, all in order.
    func deploy(_ name: String, replicas: Int = 2) {
        deployment(name, Shape(replicas: replicas, ready: replicas))
        for index in 0..<replicas { pod(name, "\(index)") }
        service(name)
        endpoints(name, replicas)
    }

    func deployment(_ name: String, _ shape: Shape = Shape(), isGone: Bool = false) {
        var conditions: [JSONValue] = [["type": "Progressing", "status": "True", "reason": .string(shape.progressing)]]
        if let refusal = shape.refusal {
            conditions.append(["type": "ReplicaFailure", "status": "True", "message": .string(refusal)])
        }
        let object: Deployment = Scene.decode([
            "metadata": [
                "name": .string(name), "namespace": "shop", "generation": .integer(shape.generation),
                "annotations": Scene.strings(shape.annotations),
            ],
            "spec": [
                "replicas": .integer(Int64(shape.replicas)), "selector": ["matchLabels": ["app": .string(name)]],
                "template": ["metadata": ["labels": ["app": .string(name)]], "spec": ["containers": []]],
            ],
            "status": [
                "observedGeneration": .integer(shape.observed ?? shape.generation),
                "readyReplicas": .integer(Int64(shape.ready)), "conditions": .array(conditions),
            ],
        ])
        _ = cluster.apply([isGone ? .deleted(object) : .added(object)])
    }

    func pod(
        _ name: String, _ id: String, ready: Bool = true, waiting: String? = nil, restarts: Int = 0,
        isGone: Bool = false, unschedulable: Bool = false
    ) {
        var status: [String: JSONValue] = [
            "name": "web", "ready": .bool(ready), "restartCount": .integer(Int64(restarts)),
            "state": waiting.map { ["waiting": ["reason": .string($0)]] } ?? ["running": [:]],
        ]
        if restarts > 0 { status["lastState"] = ["terminated": ["exitCode": 1]] }
        var conditions: [JSONValue] = [["type": "Ready", "status": ready ? "True" : "False"]]
        if unschedulable {
            conditions.append(["type": "PodScheduled", "status": "False", "reason": "Unschedulable"])
        }
        let pod: Pod = Scene.decode([
            "metadata": [
                "name": .string("\(name)-abc-\(id)"), "namespace": "shop",
                "labels": ["app": .string(name), "pod-template-hash": "abc"],
                "ownerReferences": [
                    [
                        "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": .string("\(name)-abc"), "uid": "r",
                        "controller": true,
                    ]
                ],
            ],
            "spec": .object(
                (["containers": [["name": "web"]]] as [String: JSONValue]).merging(
                    onNode.map { ["nodeName": .string($0)] } ?? [:]
                ) { $1 }),
            "status": [
                "phase": "Running", "conditions": .array(conditions), "containerStatuses": [.object(status)],
            ],
        ])
        _ = cluster.apply([isGone ? .deleted(pod) : .added(pod)])
    }

    static func service(_ name: String, app: String, version: String = "1", port: Int64 = 80) -> Service {
        Scene.decode([
            "metadata": ["name": .string(name), "namespace": "shop", "resourceVersion": .string(version)],
            "spec": ["selector": ["app": .string(app)], "ports": [["port": .integer(port)]]],
        ])
    }

    func service(_ name: String, app: String? = nil, isGone: Bool = false) {
        let object = Self.service(name, app: app ?? name)
        _ = cluster.apply([isGone ? .deleted(object) : .added(object)])
    }

    func endpoints(_ name: String, _ count: Int) {
        let addresses = (0..<count).map { JSONValue.object(["ip": .string("10.0.0.\($0)")]) }
        let object: Endpoints = Scene.decode([
            "metadata": ["name": .string(name), "namespace": "shop"],
            "subsets": count == 0 ? [] : [["addresses": .array(addresses)]],
        ])
        _ = cluster.apply([Store<Endpoints>.Change.added(object)])
    }

    // MARK: - The machine

    func see(_ name: String) -> SymptomMachine.Step {
        let reference = Self.reference(name)
        return machine.see(reference, as: cluster.workload(reference), now: now)
    }

    /// Lets time pass until the machine looks, as long as it asks to be called again.
    /// - Returns: whether it looked within the seconds.
    func looks(_ name: String, within seconds: Double) -> Bool {
        let end = now.addingTimeInterval(seconds)
        while true {
            switch see(name) {
            case .look: return true
            case .rest(let until?) where until <= end: now = max(until, now)
            default:
                now = end
                return false
            }
        }
    }

    func looked(_ name: String, _ look: Look) -> SymptomMachine.Step {
        machine.looked(at: Self.reference(name), look, now: now)
    }

    /// Sees and looks until an incident opens, every look with this result.
    func opens(_ name: String, _ look: Look, within seconds: Double) -> Bool {
        let end = now.addingTimeInterval(seconds)
        var next: Date? = now
        while let time = next, time <= end {
            now = max(now, time)
            var step = see(name)
            if case .look = step { step = looked(name, look) }
            switch step {
            case .open: return true
            case .rest(let until): next = until
            case .look, .cleared, .massFailure: return false
            }
        }
        now = end
        return false
    }

    func ended(_ name: String, isOver: Bool, cause: CauseID?) {
        machine.ended(Self.reference(name), isOver: isOver, cause: cause, now: now)
    }

    func pass(_ seconds: Double) { now = now.addingTimeInterval(seconds) }
}
