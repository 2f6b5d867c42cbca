import JSON
import Kubernetes

/// The checks of what clients get wrong, in the server's words. Source: pkg/apis/*/validation of Kubernetes.
enum Validation {
    typealias Cause = APIStatus.Details.Cause

    /// - Parameter old: nil for a new object.
    static func check(_ type: ResourceType, _ object: JSONValue, old: JSONValue?) throws(APIStatus) {
        var causes = name(type, object)
        causes += metadata(object, old)
        switch type.kind {
        case "Pod": causes += old.map { podUpdate(object, $0) } ?? podSpec(object["spec"] ?? [:], "spec")
        case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet": causes += workload(type, object, old)
        case "Job":
            causes += podSpec(object.at("spec", "template", "spec") ?? [:], "spec.template.spec")
            causes += jobRestart(object)
            if let old, old.at("spec", "template") != object.at("spec", "template") {
                causes.append(immutable("spec.template"))
            }
        case "CronJob":
            if (object.at("spec", "schedule")?.stringValue ?? "").isEmpty { causes.append(required("spec.schedule")) }
        case "Service": causes += service(object, old)
        case "HorizontalPodAutoscaler": causes += autoscaler(object)
        case "ConfigMap", "Secret": causes += data(object, old)
        case "PodDisruptionBudget": causes += budget(object)
        case "Lease": causes += lease(object)
        default: break
        }
        if !causes.isEmpty { throw Refusals.invalid(type, object.name, causes) }
    }

    static func required(_ field: String, _ more: String = "") -> Cause {
        Cause(
            reason: "FieldValueRequired", message: "Required value" + (more.isEmpty ? "" : ": " + more), field: field)
    }

    static func invalid(_ field: String, _ value: String, _ why: String) -> Cause {
        Cause(reason: "FieldValueInvalid", message: "Invalid value: \(value): \(why)", field: field)
    }

    private static func immutable(_ field: String) -> Cause { invalid(field, "{}", "field is immutable") }

    private static func name(_ type: ResourceType, _ object: JSONValue) -> [Cause] {
        let name = object.name
        let isLabel = ["Namespace", "Service"].contains(type.kind)
        // Roles may have any name; Events and the like are made by programs.
        if type.resource.group == "rbac.authorization.k8s.io" { return [] }
        if type.kind == "Service" {
            guard name.utf8.first.map({ (97...122).contains($0) }) != true || !isLabelName(name) else { return [] }
            return [invalid("metadata.name", quoted(name), dns1035)]
        }
        if isLabel { return isLabelName(name) ? [] : [invalid("metadata.name", quoted(name), dns1123Label)] }
        return isDNSName(name) ? [] : [invalid("metadata.name", quoted(name), dns1123)]
    }

    static func quoted(_ text: String) -> String { "\"\(text)\"" }

    static func isLabelName(_ text: String, limit: Int = 63) -> Bool {
        let bytes = Array(text.utf8)
        func isPlain(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (48...57).contains(byte) }
        guard let first = bytes.first, let last = bytes.last, bytes.count <= limit else { return false }
        return isPlain(first) && isPlain(last) && bytes.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "-") }
    }

    static let dns1123 =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
        + "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    static let dns1123Label =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
        + "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
    private static let dns1035 =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
        + "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation "
        + "is '[a-z]([-a-z0-9]*[a-z0-9])?')"

    private static func workload(_ type: ResourceType, _ object: JSONValue, _ old: JSONValue?) -> [Cause] {
        var causes: [Cause] = []
        let replicas = object.at("spec", "replicas")?.intValue ?? 0
        if replicas < 0 {
            causes.append(invalid("spec.replicas", String(replicas), "must be greater than or equal to 0"))
        }
        let selector = object.at("spec", "selector")
        let labels = object.at("spec", "template", "metadata", "labels") ?? [:]
        if selector == nil || selector == .object([:]) {
            causes.append(
                selector == nil
                    ? required("spec.selector")
                    : invalid("spec.selector", "{}", "empty selector is invalid for deployment"))
        }
        let wanted = selector?["matchLabels"]?.objectValue ?? [:]
        if !wanted.allSatisfy({ labels[$0.key] == $0.value }) || selector == nil {
            let own = (labels.objectValue ?? [:]).sorted { $0.key < $1.key }
                .map { "\"\($0.key)\":\"\($0.value.stringValue ?? "")\"" }.joined(separator: ", ")
            causes.append(
                invalid(
                    "spec.template.metadata.labels", "map[string]string{\(own)}",
                    "`selector` does not match template `labels`"))
        }
        causes += podSpec(object.at("spec", "template", "spec") ?? [:], "spec.template.spec")
        if type.kind != "Job", let policy = object.at("spec", "template", "spec", "restartPolicy"), policy != "Always" {
            causes.append(
                Cause(
                    reason: "FieldValueNotSupported",
                    message: "Unsupported value: \"\(policy.stringValue ?? "")\": supported values: \"Always\"",
                    field: "spec.template.spec.restartPolicy"))
        }
        if let old, old.at("spec", "selector") != selector {
            causes.append(invalid("spec.selector", GoText.selector(selector), "field is immutable"))
        }
        if type.kind == "StatefulSet", let old { causes += statefulSetUpdate(object, old) }
        return causes
    }

    private static func statefulSetUpdate(_ object: JSONValue, _ old: JSONValue) -> [Cause] {
        let fixed = ["serviceName", "volumeClaimTemplates", "podManagementPolicy"]
        guard fixed.contains(where: { old.at("spec", $0) != object.at("spec", $0) }) else { return [] }
        return [
            Cause(
                reason: "FieldValueForbidden",
                message: "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', "
                    + "'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are "
                    + "forbidden", field: "spec")
        ]
    }

    private static func jobRestart(_ object: JSONValue) -> [Cause] {
        guard object.at("spec", "template", "spec", "restartPolicy") == "Always" else { return [] }
        return [
            Cause(
                reason: "FieldValueRequired", message: "Required value: valid values: \"OnFailure\", \"Never\"",
                field: "spec.template.spec.restartPolicy")
        ]
    }

    private static func podSpec(_ spec: JSONValue, _ path: String) -> [Cause] {
        var causes: [Cause] = []
        let containers = spec["containers"]?.arrayValue ?? []
        if containers.isEmpty { causes.append(required(path + ".containers")) }
        var names: Set<String> = []
        for (list, elements) in [
            ("containers", containers), ("initContainers", spec["initContainers"]?.arrayValue ?? []),
        ] {
            for (index, container) in elements.enumerated() {
                let field = "\(path).\(list)[\(index)]"
                let name = container["name"]?.stringValue ?? ""
                if name.isEmpty {
                    causes.append(required(field + ".name"))
                } else if !isLabelName(name) {
                    causes.append(invalid(field + ".name", quoted(name), dns1123Label))
                } else if !names.insert(name).inserted {
                    causes.append(
                        Cause(
                            reason: "FieldValueDuplicate", message: "Duplicate value: \"\(name)\"",
                            field: field + ".name"))
                }
                if (container["image"]?.stringValue ?? "").isEmpty { causes.append(required(field + ".image")) }
                causes += resources(container["resources"] ?? [:], field + ".resources")
            }
        }
        return causes
    }

    private static func resources(_ resources: JSONValue, _ field: String) -> [Cause] {
        (resources["requests"]?.objectValue ?? [:]).sorted { $0.key < $1.key }.compactMap { name, value in
            guard let limit = resources.at("limits", name), let most = Amount.of(limit), let asked = Amount.of(value),
                asked > most
            else { return nil }
            return invalid(
                "\(field).requests", quoted(value.stringValue ?? GoText.of(value)),
                "must be less than or equal to \(name) limit" + " of \(limit.stringValue ?? GoText.of(limit))")
        }
    }

    /// Only the image, the deadline and added tolerations may change.
    private static func podUpdate(_ pod: JSONValue, _ old: JSONValue) -> [Cause] {
        func fixed(_ pod: JSONValue) -> JSONValue {
            var spec = pod["spec"] ?? [:]
            for field in ["activeDeadlineSeconds", "tolerations", "nodeName", "terminationGracePeriodSeconds"] {
                spec[field] = nil
            }
            for list in ["containers", "initContainers"] {
                guard let containers = spec[list]?.arrayValue else { continue }
                spec[list] = .array(
                    containers.map { container in
                        var container = container
                        container["image"] = nil
                        return container
                    })
            }
            return spec
        }
        guard fixed(pod) != fixed(old) else { return [] }
        return [
            Cause(
                reason: "FieldValueForbidden",
                message: "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
                    + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions "
                    + "to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it "
                    + "was previously negative)", field: "spec")
        ]
    }

    private static func service(_ service: JSONValue, _ old: JSONValue?) -> [Cause] {
        var causes: [Cause] = []
        let ports = service.at("spec", "ports")?.arrayValue ?? []
        let isExternal = service.at("spec", "type") == "ExternalName"
        if ports.isEmpty, !isExternal, service.at("spec", "clusterIP") != "None" {
            causes.append(required("spec.ports"))
        }
        for (index, port) in ports.enumerated() {
            let number = port["port"]?.intValue ?? 0
            if !(1...65535).contains(number) {
                causes.append(
                    invalid("spec.ports[\(index)].port", String(number), "must be between 1 and 65535, inclusive"))
            }
            if ports.count > 1, (port["name"]?.stringValue ?? "").isEmpty {
                causes.append(required("spec.ports[\(index)].name"))
            }
        }
        if let before = old?.at("spec", "clusterIP")?.stringValue, !isExternal, !before.isEmpty,
            let now = service.at("spec", "clusterIP")?.stringValue, now != before
        {
            causes.append(invalid("spec.clusterIPs[0]", "[\"\(now)\"]", "may not change once set"))
        }
        return causes
    }

    private static func autoscaler(_ object: JSONValue) -> [Cause] {
        let least = object.at("spec", "minReplicas")?.intValue ?? 1
        let most = object.at("spec", "maxReplicas")?.intValue ?? 0
        if most < 1 { return [invalid("spec.maxReplicas", String(most), "must be greater than 0")] }
        if most < least {
            return [
                invalid("spec.maxReplicas", String(most), "must be greater than or equal to `minReplicas`")
            ]
        }
        return []
    }
}
