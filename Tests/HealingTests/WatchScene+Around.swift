import Diagnosis
import FoundationEssentials
import JSON
import Kubernetes

@testable import Healing

/// What no pod shows.
extension WatchScene {
    /// The autoscaler of a Deployment, with one condition and the CPU in percent of what is requested.
    func scaler(
        _ name: String, _ type: String, _ status: String, _ reason: String, message: String = "", cpu: Int? = nil
    ) {
        let conditions =
            #"[{"type":"\#(type)","status":"\#(status)","reason":"\#(reason)","message":"\#(message)"}]"#
        let object: HorizontalPodAutoscaler = Scene.decode([
            "metadata": [
                "name": .string(name), "namespace": "shop",
                "annotations": ["autoscaling.alpha.kubernetes.io/conditions": .string(conditions)],
            ],
            "spec": [
                "scaleTargetRef": ["kind": "Deployment", "name": .string(name)], "maxReplicas": 2,
                "targetCPUUtilizationPercentage": 50,
            ],
            "status": cpu.map { ["currentCPUUtilizationPercentage": .integer(Int64($0))] } ?? [:],
        ])
        _ = cluster.apply([Store<HorizontalPodAutoscaler>.Change.added(object)])
    }

    func maxed(_ name: String, cpu: Int) { scaler(name, "ScalingLimited", "True", "TooManyReplicas", cpu: cpu) }

    /// - Parameters:
    ///   - age: seconds between its making and the change of its condition.
    func node(
        _ name: String, ready: String = "True", pressure: Bool = false, cordoned: Bool = false, age: Double = 9000
    ) {
        let made = Date(timeIntervalSince1970: 1_700_000_000)
        let object: Node = Scene.decode([
            "metadata": ["name": .string(name), "creationTimestamp": .string(made.rfc3339)],
            "spec": ["unschedulable": .bool(cordoned)],
            "status": [
                "conditions": [
                    [
                        "type": "Ready", "status": .string(ready), "message": "container runtime is down",
                        "lastTransitionTime": .string(made.addingTimeInterval(age).rfc3339),
                    ],
                    ["type": "DiskPressure", "status": pressure ? "True" : "False"],
                ]
            ],
        ])
        _ = cluster.apply([Store<Node>.Change.added(object)])
    }

    /// A CronJob that allows one run at a time.
    func cron(_ name: String, _ schedule: String, zone: String? = nil, suspend: Bool = false) {
        var spec: [String: JSONValue] = [
            "schedule": .string(schedule), "concurrencyPolicy": "Forbid", "suspend": .bool(suspend),
            "jobTemplate": ["spec": ["template": ["spec": ["containers": []]]]],
        ]
        if let zone { spec["timeZone"] = .string(zone) }
        let object: CronJob = Scene.decode([
            "metadata": ["name": .string(name), "namespace": "shop"], "spec": .object(spec),
        ])
        _ = cluster.apply([Store<CronJob>.Change.added(object)])
    }

    /// A Job that began now; of a CronJob where one is named.
    func job(
        _ name: String, of cron: String? = nil, active: Int64 = 1, finished: String? = nil, isGone: Bool = false
    ) {
        var metadata: [String: JSONValue] = [
            "name": .string(name), "namespace": "shop", "creationTimestamp": .string(begin.rfc3339),
        ]
        if let cron {
            metadata["ownerReferences"] = [
                ["apiVersion": "batch/v1", "kind": "CronJob", "name": .string(cron), "uid": "c", "controller": true]
            ]
        }
        let conditions = finished.map { [["type": .string($0), "status": "True"]] as JSONValue } ?? []
        let object: Job = Scene.decode([
            "metadata": .object(metadata), "spec": ["template": ["spec": ["containers": []]]],
            "status": ["active": .integer(active), "conditions": conditions],
        ])
        _ = cluster.apply([isGone ? Store<Job>.Change.deleted(object) : .added(object)])
    }

    func jobPod(_ job: String, waiting: String) {
        let pod: Pod = Scene.decode([
            "metadata": [
                "name": .string("\(job)-x"), "namespace": "shop",
                "ownerReferences": [
                    ["apiVersion": "batch/v1", "kind": "Job", "name": .string(job), "uid": "j", "controller": true]
                ],
            ],
            "spec": ["containers": [["name": "work"]], "restartPolicy": "Never"],
            "status": [
                "phase": "Pending",
                "containerStatuses": [
                    [
                        "name": "work", "ready": false, "restartCount": 0,
                        "state": ["waiting": ["reason": .string(waiting)]],
                    ]
                ],
            ],
        ])
        _ = cluster.apply([Store<Pod>.Change.added(pod)])
    }

    /// The whole minute at which the scene begins.
    var begin: Date { Date(timeIntervalSince1970: 1_800_000_000) }

    /// Seconds until the machine looks at it; nil when it does not within the time.
    func secondsUntilLook(_ reference: WorkloadReference, within seconds: Double) -> Double? {
        let (start, end) = (now, now.addingTimeInterval(seconds))
        while true {
            switch machine.see(reference, as: cluster.workload(reference), now: now) {
            case .look: return now.timeIntervalSince(start)
            case .rest(let until?) where until <= end: now = max(until, now)
            default:
                now = end
                return nil
            }
        }
    }
}

extension Date {
    fileprivate var rfc3339: String { RFC3339.string(from: self) }
}
