import JSON
import Kubernetes

/// One row of a table, by kind.
enum Cells {
    static func of(_ object: JSONValue, _ type: ResourceType, now: Double) -> [JSONValue] {
        let name = JSONValue.string(object.name)
        let age = age(object.at("metadata", "creationTimestamp"), now)
        switch type.kind {
        case "Pod": return PodCells.of(object, now: now)
        case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob":
            return workload(object, type.kind, name, age, now)
        case "Service", "Endpoints", "EndpointSlice", "NetworkPolicy": return network(object, type.kind, name, age)
        case "Namespace": return [name, text(object.at("status", "phase")), age]
        case "Node": return node(object, name, age)
        case "ConfigMap": return [name, count(object, "data", "binaryData"), age]
        case "Secret": return [name, text(object["type"]), count(object, "data"), age]
        case "ServiceAccount": return [name, .integer(object["secrets"]?.arrayValue?.count ?? 0), age]
        case "PersistentVolumeClaim": return claim(object, name, age)
        case "HorizontalPodAutoscaler": return autoscaler(object, name, age)
        case "PodDisruptionBudget":
            return [
                name, text(object.at("spec", "minAvailable"), or: "N/A"),
                text(object.at("spec", "maxUnavailable"), or: "N/A"), object.at("status", "disruptionsAllowed") ?? 0,
                age,
            ]
        case "Event": return event(object, now)
        case "Lease": return [name, text(object.at("spec", "holderIdentity"), or: ""), age]
        case "ResourceQuota": return [name, quota(object, isLimit: false), quota(object, isLimit: true), age]
        case "Role", "ClusterRole", "LimitRange": return [name, object.at("metadata", "creationTimestamp") ?? ""]
        case "RoleBinding", "ClusterRoleBinding": return binding(object, name, age)
        case "ControllerRevision": return revision(object, name, age)
        case "Ingress": return ingress(object, name, age)
        case "StorageClass":
            return [
                name, text(object["provisioner"]), text(object["reclaimPolicy"], or: "Delete"),
                text(object["volumeBindingMode"], or: "Immediate"), .bool(object["allowVolumeExpansion"] == true), age,
            ]
        case "PriorityClass":
            return [
                name, object["value"] ?? 0, .bool(object["globalDefault"] == true), age,
                text(object["preemptionPolicy"], or: "PreemptLowerPriority"),
            ]
        default: return [name, age]
        }
    }

    private static func ingress(_ object: JSONValue, _ name: JSONValue, _ age: JSONValue) -> [JSONValue] {
        let rules = object.at("spec", "rules")?.arrayValue ?? []
        let hosts = rules.map { $0["host"]?.stringValue ?? "*" }
        let isTLS = object.at("spec", "tls")?.arrayValue?.isEmpty == false
        return [
            name, text(object.at("spec", "ingressClassName")),
            .string(hosts.isEmpty ? "*" : hosts.joined(separator: ",")), "", isTLS ? "80, 443" : "80", age,
        ]
    }

    static func age(_ stamp: JSONValue?, _ now: Double) -> JSONValue {
        guard let text = stamp?.stringValue, let time = Stamp.seconds(text) else { return "<unknown>" }
        return .string(HumanTime.span(now - time))
    }

    private static func text(_ value: JSONValue?, or absent: String = "<none>") -> JSONValue {
        switch value {
        case .string(let text) where !text.isEmpty: .string(text)
        case .integer(let number): .string(String(number))
        case .bool(let flag): .string(flag ? "True" : "False")
        default: .string(absent)
        }
    }

    private static func count(_ object: JSONValue, _ fields: String...) -> JSONValue {
        .integer(fields.map { object[$0]?.objectValue?.count ?? 0 }.reduce(0, +))
    }

    private static func number(_ object: JSONValue, _ part: String, _ field: String) -> Int {
        object.at(part, field)?.intValue ?? 0
    }

    // MARK: Workloads

    private static func workload(
        _ object: JSONValue, _ kind: String, _ name: JSONValue, _ age: JSONValue, _ now: Double
    ) -> [JSONValue] {
        func status(_ field: String) -> Int { number(object, "status", field) }
        let template =
            kind == "CronJob"
            ? object.at("spec", "jobTemplate", "spec", "template", "spec") : object.at("spec", "template", "spec")
        let containers = template?["containers"]?.arrayValue ?? []
        let names = JSONValue.string(containers.compactMap { $0["name"]?.stringValue }.joined(separator: ","))
        let images = JSONValue.string(containers.compactMap { $0["image"]?.stringValue }.joined(separator: ","))
        let selector = selectorText(object.at("spec", "selector"))
        let wanted = number(object, "spec", "replicas")
        switch kind {
        case "Deployment":
            return [
                name, .string("\(status("readyReplicas"))/\(wanted)"), .integer(status("updatedReplicas")),
                .integer(status("availableReplicas")), age, names, images, selector,
            ]
        case "ReplicaSet":
            return [
                name, .integer(wanted), .integer(status("replicas")), .integer(status("readyReplicas")), age, names,
                images, selector,
            ]
        case "StatefulSet": return [name, .string("\(status("readyReplicas"))/\(wanted)"), age, names, images]
        case "DaemonSet":
            return [
                name, .integer(status("desiredNumberScheduled")), .integer(status("currentNumberScheduled")),
                .integer(status("numberReady")), .integer(status("updatedNumberScheduled")),
                .integer(status("numberAvailable")), labelsText(template?["nodeSelector"]), age, names, images,
                selector,
            ]
        case "Job":
            return [
                name, .string(jobStatus(object)),
                .string("\(status("succeeded"))/\(object.at("spec", "completions")?.intValue ?? 1)"),
                jobDuration(object, now), age, names, images, selector,
            ]
        default:
            return [
                name, text(object.at("spec", "schedule")), text(object.at("spec", "timeZone")),
                text(object.at("spec", "suspend")), .integer(object.at("status", "active")?.arrayValue?.count ?? 0),
                object.at("status", "lastScheduleTime") == nil
                    ? "<none>" : self.age(object.at("status", "lastScheduleTime"), now), age, names, images, "<none>",
            ]
        }
    }

    private static func jobStatus(_ job: JSONValue) -> String {
        let conditions = job.at("status", "conditions")?.arrayValue ?? []
        for type in ["Complete", "Failed", "Suspended"]
        where conditions.contains(where: { $0["type"]?.stringValue == type && $0["status"] == "True" }) {
            return type
        }
        return job.isBeingDeleted ? "Terminating" : "Running"
    }

    private static func jobDuration(_ job: JSONValue, _ now: Double) -> JSONValue {
        guard let start = job.at("status", "startTime")?.stringValue.flatMap({ Stamp.seconds($0) }) else { return "" }
        let end = job.at("status", "completionTime")?.stringValue.flatMap { Stamp.seconds($0) } ?? now
        return .string(HumanTime.span(end - start))
    }

    private static func selectorText(_ selector: JSONValue?) -> JSONValue {
        let text = Selectors.of(selector ?? [:]).queryValue
        return .string(text.isEmpty ? "<none>" : text)
    }

    private static func labelsText(_ labels: JSONValue?) -> JSONValue {
        let pairs = (labels?.objectValue ?? [:]).sorted { $0.key < $1.key }
        guard !pairs.isEmpty else { return "<none>" }
        return .string(pairs.map { "\($0.key)=\($0.value.stringValue ?? "")" }.joined(separator: ","))
    }

    // MARK: The network

    private static func network(_ object: JSONValue, _ kind: String, _ name: JSONValue, _ age: JSONValue) -> [JSONValue]
    {
        switch kind {
        case "Service":
            let ports = (object.at("spec", "ports")?.arrayValue ?? []).map { port in
                let number = GoText.of(port["port"])
                let node = port["nodePort"].map { ":" + GoText.of($0) } ?? ""
                return "\(number)\(node)/\(port["protocol"]?.stringValue ?? "TCP")"
            }
            let isBalanced = object.at("spec", "type") == "LoadBalancer"
            return [
                name, text(object.at("spec", "type")), text(object.at("spec", "clusterIP")),
                object.at("spec", "externalName").map { text($0) } ?? (isBalanced ? "<pending>" : "<none>"),
                ports.isEmpty ? "<none>" : .string(ports.joined(separator: ",")), age,
                labelsText(object.at("spec", "selector")),
            ]
        case "Endpoints":
            let all = (object["subsets"]?.arrayValue ?? []).flatMap { subset in
                (subset["ports"]?.arrayValue ?? [["port": 0]]).flatMap { port in
                    (subset["addresses"]?.arrayValue ?? []).map {
                        "\($0["ip"]?.stringValue ?? ""):\(GoText.of(port["port"]))"
                    }
                }
            }
            let more = all.count > 3 ? " + \(all.count - 3) more..." : ""
            return [name, all.isEmpty ? "<none>" : .string(all.prefix(3).joined(separator: ",") + more), age]
        case "EndpointSlice":
            let ports = (object["ports"]?.arrayValue ?? []).map { GoText.of($0["port"]) }
            let addresses = (object["endpoints"]?.arrayValue ?? []).flatMap {
                ($0["addresses"]?.arrayValue ?? []).compactMap(\.stringValue)
            }
            return [
                name, text(object["addressType"]), .string(ports.isEmpty ? "<unset>" : ports.joined(separator: ",")),
                .string(addresses.isEmpty ? "<unset>" : addresses.prefix(3).joined(separator: ",")), age,
            ]
        default: return [name, selectorText(object.at("spec", "podSelector")), age]
        }
    }

    // MARK: The rest

    private static func node(_ node: JSONValue, _ name: JSONValue, _ age: JSONValue) -> [JSONValue] {
        let ready = (node.at("status", "conditions")?.arrayValue ?? []).first { $0["type"] == "Ready" }
        var status =
            ready.map { $0["status"] == "True" ? "Ready" : "NotReady" } ?? "Unknown"
        if node.at("spec", "unschedulable") == true { status += ",SchedulingDisabled" }
        let roles = node.labels.keys.filter { $0.hasPrefix("node-role.kubernetes.io/") }.sorted()
            .map { String($0.dropFirst("node-role.kubernetes.io/".count)) }
        func info(_ field: String) -> JSONValue { text(node.at("status", "nodeInfo", field), or: "<unknown>") }
        let addresses = node.at("status", "addresses")?.arrayValue ?? []
        let own = addresses.first { $0["type"] == "InternalIP" }?["address"]
        return [
            name, .string(status), .string(roles.isEmpty ? "<none>" : roles.joined(separator: ",")), age,
            info("kubeletVersion"), text(own), "<none>", info("osImage"), info("kernelVersion"),
            info("containerRuntimeVersion"),
        ]
    }

    private static func claim(_ claim: JSONValue, _ name: JSONValue, _ age: JSONValue) -> [JSONValue] {
        let short = ["ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"]
        let modes = (claim.at("status", "accessModes")?.arrayValue ?? []).compactMap(\.stringValue)
        return [
            name, text(claim.at("status", "phase")), text(claim.at("spec", "volumeName"), or: ""),
            text(claim.at("status", "capacity", "storage"), or: ""),
            .string(modes.map { short[$0] ?? $0 }.joined(separator: ",")),
            text(claim.at("spec", "storageClassName"), or: ""), "<unset>", age, text(claim.at("spec", "volumeMode")),
        ]
    }

    private static func autoscaler(_ object: JSONValue, _ name: JSONValue, _ age: JSONValue) -> [JSONValue] {
        let target = object.at("spec", "scaleTargetRef") ?? [:]
        let metrics = (object.at("spec", "metrics")?.arrayValue ?? []).map { metric -> String in
            let resource = metric.at("resource", "name")?.stringValue ?? ""
            let current = (object.at("status", "currentMetrics")?.arrayValue ?? [])
                .first { $0.at("resource", "name")?.stringValue == resource }?
                .at("resource", "current", "averageUtilization")
            let wanted = GoText.of(metric.at("resource", "target", "averageUtilization"))
            return "\(resource): \(current.map { GoText.of($0) + "%" } ?? "<unknown>")/\(wanted)%"
        }
        return [
            name, .string("\(target["kind"]?.stringValue ?? "")/\(target["name"]?.stringValue ?? "")"),
            .string(metrics.isEmpty ? "<none>" : metrics.joined(separator: ", ")),
            text(object.at("spec", "minReplicas"), or: "<unset>"), object.at("spec", "maxReplicas") ?? 0,
            object.at("status", "currentReplicas") ?? 0, age,
        ]
    }

    private static func event(_ event: JSONValue, _ now: Double) -> [JSONValue] {
        let involved = event["involvedObject"] ?? [:]
        func seen(_ field: String) -> JSONValue {
            age(event[field]?.stringValue == nil ? event["eventTime"] : event[field], now)
        }
        let source = event.at("source", "component")?.stringValue ?? event["reportingComponent"]?.stringValue ?? ""
        let host = event.at("source", "host")?.stringValue.map { ", " + $0 } ?? ""
        let kind = (involved["kind"]?.stringValue ?? "").lowercased()
        return [
            seen("lastTimestamp"), text(event["type"]), text(event["reason"]),
            .string("\(kind)/\(involved["name"]?.stringValue ?? "")"), text(involved["fieldPath"], or: ""),
            .string(source + host), text(event["message"], or: ""), seen("firstTimestamp"), event["count"] ?? 1,
            .string(event.name),
        ]
    }

    private static func quota(_ quota: JSONValue, isLimit: Bool) -> JSONValue {
        let hard = quota.at("status", "hard") ?? quota.at("spec", "hard") ?? [:]
        let parts = (hard.objectValue ?? [:]).sorted { $0.key < $1.key }
            .filter { $0.key.hasPrefix("limits.") == isLimit }
            .map { "\($0.key): \(value(quota.at("status", "used", $0.key)))/\(value($0.value))" }
        return .string(parts.joined(separator: ", "))
    }

    private static func value(_ value: JSONValue?) -> String {
        value?.stringValue ?? value.map { GoText.of($0) } ?? "0"
    }

    private static func binding(_ object: JSONValue, _ name: JSONValue, _ age: JSONValue) -> [JSONValue] {
        let subjects = object["subjects"]?.arrayValue ?? []
        func names(_ kind: String) -> JSONValue {
            .string(
                subjects.filter { $0["kind"]?.stringValue == kind }.map { subject in
                    (subject["namespace"]?.stringValue.map { $0 + "/" } ?? "") + (subject["name"]?.stringValue ?? "")
                }.joined(separator: ", "))
        }
        let role = object["roleRef"] ?? [:]
        return [
            name, .string("\(role["kind"]?.stringValue ?? "")/\(role["name"]?.stringValue ?? "")"), age, names("User"),
            names("Group"), names("ServiceAccount"),
        ]
    }

    private static func revision(_ object: JSONValue, _ name: JSONValue, _ age: JSONValue) -> [JSONValue] {
        let owner = object.controller
        let kind = (owner?["kind"]?.stringValue ?? "").lowercased()
        return [
            name, owner == nil ? "<none>" : .string("\(kind).apps/\(owner?["name"]?.stringValue ?? "")"),
            object["revision"] ?? 0, age,
        ]
    }
}
