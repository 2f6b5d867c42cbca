import JSON
import Kubernetes

/// Objects in the version that a path names; they are stored in the first of their kind.
enum Versions {
    /// - Parameter inList: the items of a list say neither their kind nor their version.
    static func outward(
        _ object: JSONValue, _ type: ResourceType, _ version: String, inList: Bool = false
    ) -> JSONValue {
        var object = object
        if type.kind == "HorizontalPodAutoscaler", version == "v1" { toFirst(&object) }
        if inList {
            object["apiVersion"] = nil
            object["kind"] = nil
        } else {
            let group = type.resource.group
            object["apiVersion"] = .string(group.isEmpty ? version : "\(group)/\(version)")
            object["kind"] = .string(type.kind)
        }
        return object
    }

    static func inward(_ object: JSONValue, _ type: ResourceType) -> JSONValue {
        var object = object
        if type.kind == "HorizontalPodAutoscaler" { toSecond(&object) }
        return object
    }

    private static func toFirst(_ object: inout JSONValue) {
        let metrics = object.at("spec", "metrics")?.arrayValue ?? []
        let cpu = metrics.first { $0.at("resource", "name") == "cpu" }
        object.put(
            cpu?.at("resource", "target", "averageUtilization"), at: "spec", "targetCPUUtilizationPercentage")
        object.put(nil, at: "spec", "metrics")
        let current = (object.at("status", "currentMetrics")?.arrayValue ?? [])
            .first { $0.at("resource", "name") == "cpu" }
        object.put(
            current?.at("resource", "current", "averageUtilization"), at: "status", "currentCPUUtilizationPercentage")
        let conditions = object.at("status", "conditions")
        for field in ["currentMetrics", "conditions"] { object.put(nil, at: "status", field) }
        // The first version keeps what it has no field for in an annotation.
        if let conditions {
            object.put(
                .string(String(decoding: conditions.rendered, as: UTF8.self)), at: "metadata", "annotations",
                "autoscaling.alpha.kubernetes.io/conditions")
        }
    }

    private static func toSecond(_ object: inout JSONValue) {
        guard let target = object.at("spec", "targetCPUUtilizationPercentage") else { return }
        object.put(nil, at: "spec", "targetCPUUtilizationPercentage")
        object.put(
            [
                [
                    "type": "Resource",
                    "resource": ["name": "cpu", "target": ["type": "Utilization", "averageUtilization": target]],
                ]
            ], at: "spec", "metrics")
    }
}
