import JSON

/// The status that an object has right after it was made, before any controller saw it.
enum InitialStatus {
    static func of(_ type: ResourceType, _ object: JSONValue) -> JSONValue? {
        switch type.kind {
        case "Pod": ["phase": "Pending", "qosClass": .string(QualityOfService.name(of: object["spec"] ?? [:]))]
        case "Namespace": ["phase": "Active"]
        case "PersistentVolumeClaim": ["phase": "Pending"]
        case "Service", "Ingress": ["loadBalancer": [:]]
        case "ReplicaSet", "StatefulSet", "ReplicationController": ["replicas": 0]
        case "DaemonSet":
            ["currentNumberScheduled": 0, "desiredNumberScheduled": 0, "numberMisscheduled": 0, "numberReady": 0]
        case "PodDisruptionBudget":
            ["currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0]
        case "HorizontalPodAutoscaler": ["currentReplicas": 0, "desiredReplicas": 0, "currentMetrics": .null]
        default: [:]
        }
    }
}

/// Source: pkg/apis/core/v1/helper/qos of Kubernetes.
enum QualityOfService {
    static func name(of spec: JSONValue) -> String {
        let containers = (spec["containers"]?.arrayValue ?? []) + (spec["initContainers"]?.arrayValue ?? [])
        var hasAny = false
        var isGuaranteed = true
        for container in containers {
            let requests = container.at("resources", "requests")?.objectValue ?? [:]
            let limits = container.at("resources", "limits")?.objectValue ?? [:]
            for name in ["cpu", "memory"] {
                if requests[name] != nil || limits[name] != nil { hasAny = true }
                if limits[name] == nil || (requests[name] ?? limits[name]) != limits[name] { isGuaranteed = false }
            }
        }
        if !hasAny { return "BestEffort" }
        return isGuaranteed ? "Guaranteed" : "Burstable"
    }
}
