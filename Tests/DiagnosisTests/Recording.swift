import Diagnosis
import FoundationEssentials
import JSON
import Kubernetes

/// A recorded state of the service `web` in namespace `rec`: a `List` of objects as the API showed them.
enum Recording {
    static let versions = ["1.20", "1.36"]

    static func snapshot(_ version: String, _ name: String) throws -> Snapshot {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let data = try Data(contentsOf: URL(filePath: "/\(folder)/Recordings/\(version)/\(name).json"))
        let list = try JSONCoding.decode(JSONValue.self, from: data)
        return try Snapshot(items: list["items"]?.arrayValue ?? [], target: Target(namespace: "rec", name: "web"))
    }
}

extension Snapshot {
    /// Sorts the objects of a list into their places. Now is the latest time that any of them speaks of.
    init(items: [JSONValue], target: Target, takenAt: Date? = nil) throws {
        self.init(takenAt: takenAt ?? .distantPast, target: target)
        for item in items {
            let data = try JSONCoding.encode(item)
            func decode<Object: Decodable>(_ type: Object.Type) throws -> Object {
                try JSONCoding.decode(type, from: data)
            }
            switch item["kind"]?.stringValue {
            case "Deployment": deployments.append(try decode(Deployment.self))
            case "ReplicaSet": replicaSets.append(try decode(ReplicaSet.self))
            case "StatefulSet": statefulSets.append(try decode(StatefulSet.self))
            case "DaemonSet": daemonSets.append(try decode(DaemonSet.self))
            case "Pod": pods.append(try decode(Pod.self))
            case "Service": services.append(try decode(Service.self))
            case "Endpoints": endpoints.append(try decode(Endpoints.self))
            case "Event": events.append(try decode(Event.self))
            case "Node": nodes.append(try decode(Node.self))
            case "HorizontalPodAutoscaler": autoscalers.append(try decode(HorizontalPodAutoscaler.self))
            case "PersistentVolumeClaim": claims.append(try decode(PersistentVolumeClaim.self))
            case "NetworkPolicy": networkPolicies.append(try decode(NetworkPolicy.self))
            case "PodDisruptionBudget": budgets.append(try decode(PodDisruptionBudget.self))
            case "Job": jobs.append(try decode(Job.self))
            case "CronJob": cronJobs.append(try decode(CronJob.self))
            case "ResourceQuota": quotas.append(try decode(ResourceQuota.self))
            case "LimitRange": limitRanges.append(try decode(LimitRange.self))
            case "ConfigMap": configMaps.append(try decode(ConfigMap.self))
            case "ControllerRevision": controllerRevisions.append(try decode(ControllerRevision.self))
            default: break
            }
        }
        further = Set(FurtherRead.allCases)
        if takenAt == nil { self.takenAt = latest }
    }

    private var latest: Date {
        let states = pods.flatMap { $0.status?.containerStatuses ?? [] }.flatMap { status in
            [status.state?.running?.startedAt, status.state?.terminated?.finishedAt]
        }
        return (events.map(\.lastSeen) + states + pods.map(\.metadata.creationTimestamp)).compactMap { $0 }.max()
            ?? .distantPast
    }
}
