import JSON

/// How a pod of a `Scene` looks.
struct PodShape {
    var age: Double = 3600
    var phase = "Running"
    var isReady = false
    var isLeaving = false
    /// When it is to be gone, in seconds ago.
    var leavesAgo = -20.0
    /// When its Ready condition last changed; by default when it was made.
    var readinessChanged: Double?
    var node: String? = "node1"
    var status: JSONValue?
    var initStatus: JSONValue?
    var scheduling: String?
    var reason: String?
    var message: String?
    /// Nil while its sandbox is not made.
    var address: String? = "10.42.0.9"

    var isFinished: Bool { phase == "Failed" || phase == "Succeeded" }

    static func ready(age: Double = 3600, restarts: Int64 = 0, ended: JSONValue? = nil, running: Double? = nil)
        -> PodShape
    {
        PodShape(
            age: age, isReady: true,
            status: container(ready: true, restarts: restarts, state: .running(running ?? age), last: ended))
    }

    static func leaving(age: Double = 3600) -> PodShape {
        var pod = ready(age: age)
        pod.isLeaving = true
        return pod
    }

    /// Running, never ready so far.
    static func starting(age: Double = 20) -> PodShape {
        PodShape(age: age, status: container(ready: false, restarts: 0, state: .running(age)))
    }

    /// Running for long, and its readiness was taken away a moment ago.
    static func lostReadiness(ago: Double = 20) -> PodShape {
        PodShape(readinessChanged: ago, status: container(ready: false, restarts: 0, state: .running(3600)))
    }

    static func waiting(_ reason: String, _ message: String = "", age: Double = 60) -> PodShape {
        PodShape(
            age: age, phase: "Pending", status: container(ready: false, restarts: 0, state: .waiting(reason, message)),
            address: reason == "ContainerCreating" ? nil : "10.42.0.9")
    }

    /// In back-off after its process ended.
    static func crashing(
        restarts: Int64, exit: Int64 = 1, reason: String = "Error", message: String? = nil, age: Double = 80,
        lived: Double = 1, ago: Double = 5
    ) -> PodShape {
        PodShape(
            age: age,
            status: container(
                ready: false, restarts: restarts,
                state: .waiting("CrashLoopBackOff", "back-off restarting failed container"),
                last: ended(exit, reason, message, lived: lived, ago: ago)))
    }

    static func unscheduled(_ message: String) -> PodShape {
        PodShape(age: 60, phase: "Pending", node: nil, scheduling: message)
    }

    static func finished(_ phase: String = "Failed", _ reason: String = "Evicted") -> PodShape {
        PodShape(phase: phase, reason: reason)
    }

    static func initializing(_ status: JSONValue, age: Double = 60) -> PodShape {
        PodShape(
            age: age, phase: "Pending",
            status: container(ready: false, restarts: 0, state: .waiting("PodInitializing", "")), initStatus: status)
    }

    enum State { case running(Double), waiting(String, String), ended(JSONValue) }

    static func ended(
        _ exit: Int64, _ reason: String = "Error", _ message: String? = nil, lived: Double = 1, ago: Double = 5
    ) -> JSONValue {
        var value: [String: JSONValue] = [
            "exitCode": .integer(exit), "reason": .string(reason), "startedAt": Scene.time(ago + lived),
            "finishedAt": Scene.time(ago),
        ]
        if let message { value["message"] = .string(message) }
        return .object(value)
    }

    static func container(
        _ name: String = "web", ready: Bool, restarts: Int64, state: State, last: JSONValue? = nil
    ) -> JSONValue {
        let state: JSONValue =
            switch state {
            case .running(let ago): ["running": ["startedAt": Scene.time(ago)]]
            case .waiting(let reason, let message):
                ["waiting": ["reason": .string(reason), "message": .string(message)]]
            case .ended(let ended): ["terminated": ended]
            }
        return [
            "name": .string(name), "ready": .bool(ready), "restartCount": .integer(restarts), "state": state,
            "lastState": last.map { ["terminated": $0] } ?? [:],
        ]
    }

    func object(_ name: String, owner: String, template: JSONValue) -> JSONValue {
        var spec = template["spec"] ?? [:]
        if spec["nodeName"] == nil, let node { spec["nodeName"] = .string(node) }
        var metadata: [String: JSONValue] = [
            "name": .string(name), "namespace": "shop", "uid": .string("uid-\(name)"),
            "labels": template["metadata"]?["labels"] ?? [:], "creationTimestamp": Scene.time(age),
            "ownerReferences": [
                [
                    "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": .string(owner),
                    "uid": .string("uid-\(owner)"), "controller": true,
                ]
            ],
        ]
        if isLeaving { metadata["deletionTimestamp"] = Scene.time(leavesAgo) }
        var conditions: [JSONValue] = [
            [
                "type": "Ready", "status": isReady ? "True" : "False",
                "lastTransitionTime": Scene.time(readinessChanged ?? age),
            ]
        ]
        if let scheduling {
            conditions.append([
                "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": .string(scheduling),
            ])
        }
        var status: [String: JSONValue] = [
            "phase": .string(phase), "conditions": .array(conditions),
        ]
        if let address { status["podIP"] = .string(address) }
        if let reason { status["reason"] = .string(reason) }
        if let message { status["message"] = .string(message) }
        if let own = self.status { status["containerStatuses"] = [own] }
        if let initStatus { status["initContainerStatuses"] = [initStatus] }
        return ["kind": "Pod", "metadata": .object(metadata), "spec": spec, "status": .object(status)]
    }
}
