import JSON
import Kubernetes

/// Resource quotas: what a namespace may hold. Source: k8s.io/apiserver/pkg/admission/plugin/resourcequota.
enum Quotas {
    static func check(_ type: ResourceType, _ object: JSONValue, _ world: World) throws(APIStatus) {
        guard type.resource.isNamespaced, let namespace = object.namespace else { return }
        for quota in world.all(.resourceQuotas, in: namespace) {
            let hard = quota.at("spec", "hard")?.objectValue ?? [:]
            let asked = usage(of: type, object).filter { hard[$0.key] != nil }
            if type.kind == "Pod" { try demand(hard, object, quota.name, type) }
            guard !asked.isEmpty else { continue }
            let used = used(in: namespace, world)
            let over = asked.keys.sorted().filter { name in
                (used[name] ?? 0) + (asked[name] ?? 0) > (Amount.of(hard[name]) ?? .infinity)
            }
            guard !over.isEmpty else { continue }
            func list(_ value: (String) -> String) -> String {
                over.map { "\($0)=\(value($0))" }.joined(separator: ",")
            }
            throw Refusals.forbidden(
                type, name(of: object),
                "exceeded quota: \(quota.name), requested: \(list { text(asked[$0] ?? 0, $0) }), used: "
                    + "\(list { text(used[$0] ?? 0, $0) }), limited: "
                    + "\(list { hard[$0]?.stringValue ?? GoText.of(hard[$0]) })")
        }
    }

    static func name(of object: JSONValue) -> String {
        object.name.isEmpty ? object.at("metadata", "generateName")?.stringValue ?? "" : object.name
    }

    /// A quota on cpu or memory asks every container to say how much it takes.
    private static func demand(
        _ hard: [String: JSONValue], _ pod: JSONValue, _ quota: String, _ type: ResourceType
    ) throws(APIStatus) {
        let containers = pod.at("spec", "containers")?.arrayValue ?? []
        let missing = hard.keys.sorted().filter { name in
            guard let path = path(of: name) else { return false }
            return containers.contains { $0.at("resources", path.0, path.1) == nil }
        }
        guard !missing.isEmpty else { return }
        let words = missing.joined(separator: ",")
        throw Refusals.forbidden(type, name(of: pod), "failed quota: \(quota): must specify \(words)")
    }

    private static func path(of name: String) -> (String, String)? {
        switch name {
        case "cpu", "requests.cpu": ("requests", "cpu")
        case "memory", "requests.memory": ("requests", "memory")
        case "limits.cpu": ("limits", "cpu")
        case "limits.memory": ("limits", "memory")
        default: nil
        }
    }

    /// What everything in a namespace takes.
    static func used(in namespace: String, _ world: World) -> [String: Double] {
        var used: [String: Double] = [:]
        for (type, object) in world.store.content(of: namespace) {
            if type.kind == "Pod", ["Succeeded", "Failed"].contains(object.at("status", "phase")?.stringValue) {
                continue
            }
            for (name, amount) in usage(of: type, object) { used[name, default: 0] += amount }
        }
        return used
    }

    private static func usage(of type: ResourceType, _ object: JSONValue) -> [String: Double] {
        var usage: [String: Double] = ["count/\(type.qualifiedName)": 1]
        if type.resource.group.isEmpty { usage[type.resource.plural] = 1 }
        guard type.kind == "Pod" else { return usage }
        for container in object.at("spec", "containers")?.arrayValue ?? [] {
            for name in ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"] {
                guard let path = path(of: name), let amount = Amount.of(container.at("resources", path.0, path.1))
                else {
                    continue
                }
                usage[name, default: 0] += amount
            }
        }
        return usage
    }

    /// As quantities are printed.
    static func text(_ amount: Double, _ name: String) -> String {
        if name.hasSuffix("memory") {
            for (unit, size) in [("Gi", 1_073_741_824.0), ("Mi", 1_048_576.0), ("Ki", 1024.0)]
            where amount >= size && amount.truncatingRemainder(dividingBy: size) == 0 {
                return "\(Int(amount / size))\(unit)"
            }
        }
        return amount == amount.rounded() ? String(Int(amount)) : "\(Int((amount * 1000).rounded()))m"
    }
}
