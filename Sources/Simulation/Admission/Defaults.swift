import JSON
import Kubernetes

/// What the server fills in. Source: pkg/apis/*/v1/defaults.go of Kubernetes.
enum Defaults {
    static func set(_ type: ResourceType, _ object: inout JSONValue) {
        object.put(type.resource.isNamespaced ? object.at("metadata", "namespace") : nil, at: "metadata", "namespace")
        switch type.kind {
        case "Pod": podSpec(&object, at: "spec")
        case "Deployment": deployment(&object)
        case "ReplicaSet", "ReplicationController":
            fill(&object, ["replicas": 1], at: "spec")
            template(&object)
        case "StatefulSet": statefulSet(&object)
        case "DaemonSet": daemonSet(&object)
        case "Job": job(&object)
        case "CronJob": cronJob(&object)
        case "Service": service(&object)
        case "Namespace": fill(&object, ["finalizers": ["kubernetes"]], at: "spec")
        case "PersistentVolumeClaim": fill(&object, ["volumeMode": "Filesystem"], at: "spec")
        case "HorizontalPodAutoscaler": fill(&object, ["minReplicas": 1], at: "spec")
        case "Secret": secret(&object)
        case "Event":
            if let time = object["eventTime"]?.stringValue.flatMap({ Stamp.seconds($0) }) {
                object["eventTime"] = .string(Stamp.microText(time))
            }
        case "NetworkPolicy": networkPolicy(&object)
        default: break
        }
    }

    /// Sets what is absent.
    private static func fill(_ object: inout JSONValue, _ defaults: JSONValue, at path: String...) {
        var target = object
        for key in path { target = target[key] ?? [:] }
        for (key, value) in defaults.objectValue ?? [:] where target[key] == nil || target[key] == .null {
            target[key] = value
        }
        if path.count == 1 {
            object[path[0]] = target
        } else if path.isEmpty {
            object = target
        } else {
            var outer = object[path[0]] ?? [:]
            outer[path[1]] = target
            object[path[0]] = outer
        }
    }

    private static func template(_ object: inout JSONValue) {
        guard var template = object.at("spec", "template") else { return }
        var metadata = template["metadata"] ?? [:]
        metadata["creationTimestamp"] = .null
        template["metadata"] = metadata
        podSpec(&template, at: "spec")
        object.put(template, at: "spec", "template")
    }

    private static func deployment(_ object: inout JSONValue) {
        fill(&object, ["replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600], at: "spec")
        fill(&object, ["type": "RollingUpdate"], at: "spec", "strategy")
        if object.at("spec", "strategy", "type") == "RollingUpdate" {
            var rolling = object.at("spec", "strategy", "rollingUpdate") ?? [:]
            fill(&rolling, ["maxUnavailable": "25%", "maxSurge": "25%"])
            object.put(rolling, at: "spec", "strategy", "rollingUpdate")
        }
        template(&object)
    }

    private static func statefulSet(_ object: inout JSONValue) {
        fill(&object, ["replicas": 1, "revisionHistoryLimit": 10, "podManagementPolicy": "OrderedReady"], at: "spec")
        fill(&object, ["type": "RollingUpdate"], at: "spec", "updateStrategy")
        if object.at("spec", "updateStrategy", "type") == "RollingUpdate",
            object.at("spec", "updateStrategy", "rollingUpdate", "partition") == nil
        {
            object.put(0, at: "spec", "updateStrategy", "rollingUpdate", "partition")
        }
        template(&object)
    }

    private static func daemonSet(_ object: inout JSONValue) {
        fill(&object, ["revisionHistoryLimit": 10], at: "spec")
        fill(&object, ["type": "RollingUpdate"], at: "spec", "updateStrategy")
        if object.at("spec", "updateStrategy", "type") == "RollingUpdate" {
            var rolling = object.at("spec", "updateStrategy", "rollingUpdate") ?? [:]
            fill(&rolling, ["maxUnavailable": 1, "maxSurge": 0])
            object.put(rolling, at: "spec", "updateStrategy", "rollingUpdate")
        }
        template(&object)
    }

    private static func job(_ object: inout JSONValue) {
        fill(&object, ["backoffLimit": 6, "suspend": false, "completionMode": "NonIndexed"], at: "spec")
        if object.at("spec", "completions") == nil, object.at("spec", "parallelism") == nil {
            fill(&object, ["completions": 1], at: "spec")
        }
        fill(&object, ["parallelism": 1], at: "spec")
        template(&object)
    }

    private static func cronJob(_ object: inout JSONValue) {
        fill(
            &object,
            [
                "concurrencyPolicy": "Allow", "suspend": false, "successfulJobsHistoryLimit": 3,
                "failedJobsHistoryLimit": 1,
            ], at: "spec")
        guard var job = object.at("spec", "jobTemplate"), var template = job.at("spec", "template") else { return }
        podSpec(&template, at: "spec")
        job.put(template, at: "spec", "template")
        object.put(job, at: "spec", "jobTemplate")
    }

    private static func service(_ object: inout JSONValue) {
        fill(&object, ["type": "ClusterIP", "sessionAffinity": "None"], at: "spec")
        if object.at("spec", "type") != "ExternalName" {
            fill(
                &object,
                ["internalTrafficPolicy": "Cluster", "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack"],
                at: "spec")
        }
        let ports = (object.at("spec", "ports")?.arrayValue ?? []).map { port -> JSONValue in
            var port = port
            fill(&port, ["protocol": "TCP", "targetPort": port["port"] ?? 0])
            return port
        }
        if !ports.isEmpty { object.put(.array(ports), at: "spec", "ports") }
    }

    private static func secret(_ object: inout JSONValue) {
        fill(&object, ["type": "Opaque"])
        guard let plain = object["stringData"]?.objectValue else { return }
        for (key, value) in plain {
            object.put(.string(Base64.text(Array((value.stringValue ?? "").utf8))), at: "data", key)
        }
        object["stringData"] = nil
    }

    private static func networkPolicy(_ object: inout JSONValue) {
        guard object.at("spec", "policyTypes") == nil else { return }
        let hasEgress = object.at("spec", "egress") != nil
        object.put(hasEgress ? ["Ingress", "Egress"] : ["Ingress"], at: "spec", "policyTypes")
    }

    private static func podSpec(_ owner: inout JSONValue, at field: String) {
        guard var spec = owner[field] else { return }
        fill(
            &spec,
            [
                "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
                "schedulerName": "default-scheduler", "securityContext": [:],
            ])
        for list in ["containers", "initContainers"] {
            guard let containers = spec[list]?.arrayValue else { continue }
            spec[list] = .array(containers.map(container))
        }
        if let volumes = spec["volumes"]?.arrayValue { spec["volumes"] = .array(volumes.map(volume)) }
        if let name = spec["serviceAccountName"] ?? spec["serviceAccount"] {
            spec["serviceAccountName"] = name
            spec["serviceAccount"] = name
        }
        owner[field] = spec
    }

    private static func volume(_ volume: JSONValue) -> JSONValue {
        var volume = volume
        for kind in ["configMap", "secret", "projected"]
        where volume[kind] != nil && volume[kind]?["defaultMode"] == nil {
            volume.put(420, at: kind, "defaultMode")
        }
        if volume.objectValue?.count == 1 { volume["emptyDir"] = [:] }
        return volume
    }

    private static func container(_ container: JSONValue) -> JSONValue {
        var container = container
        let image = container["image"]?.stringValue ?? ""
        let last = image.split(separator: "/").last ?? ""
        let isLatest = !image.contains("@") && (!last.contains(":") || last.hasSuffix(":latest"))
        fill(
            &container,
            [
                "imagePullPolicy": isLatest ? "Always" : "IfNotPresent", "resources": [:],
                "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
            ])
        if let ports = container["ports"]?.arrayValue {
            container["ports"] = .array(
                ports.map { port in
                    var port = port
                    fill(&port, ["protocol": "TCP"])
                    return port
                })
        }
        // What is limited and not asked for is asked for.
        for (name, value) in container.at("resources", "limits")?.objectValue ?? [:]
        where container.at("resources", "requests", name) == nil {
            container.put(value, at: "resources", "requests", name)
        }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] where container[probe]?.objectValue != nil {
            var own = container[probe] ?? [:]
            fill(&own, ["timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3])
            if own["httpGet"]?.objectValue != nil {
                var get = own["httpGet"] ?? [:]
                fill(&get, ["scheme": "HTTP", "path": "/"])
                own["httpGet"] = get
            }
            container[probe] = own
        }
        return container
    }
}
