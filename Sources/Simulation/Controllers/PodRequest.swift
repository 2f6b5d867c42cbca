import JSON
import Kubernetes

/// What a pod asks of a node.
struct PodRequest: Sendable {
    let namespace: String
    let labels: [String: String]
    let cpu: Double
    let memory: Double
    let hostPorts: [Int]
    let selector: [String: String]
    let tolerations: [JSONValue]
    let affinity: JSONValue?

    init(_ pod: JSONValue) {
        namespace = pod.namespace ?? ""
        labels = pod.labels
        let spec = pod["spec"] ?? [:]
        func sum(_ resource: String) -> Double {
            func amount(_ container: JSONValue) -> Double {
                container.at("resources", "requests", resource)?.stringValue.flatMap { Quantity($0)?.value }
                    ?? container.at("resources", "limits", resource)?.stringValue.flatMap { Quantity($0)?.value } ?? 0
            }
            let own = (spec["containers"]?.arrayValue ?? []).map(amount).reduce(0, +)
            return max(own, (spec["initContainers"]?.arrayValue ?? []).map(amount).max() ?? 0)
        }
        cpu = sum("cpu")
        memory = sum("memory")
        hostPorts = (spec["containers"]?.arrayValue ?? []).flatMap { $0["ports"]?.arrayValue ?? [] }
            .compactMap { $0["hostPort"]?.intValue }.filter { $0 > 0 }
        selector = (spec["nodeSelector"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
        tolerations = spec["tolerations"]?.arrayValue ?? []
        affinity = spec["affinity"]
    }

    func tolerates(_ taint: JSONValue) -> Bool {
        tolerations.contains { toleration in
            let effect = toleration["effect"]?.stringValue ?? ""
            guard effect.isEmpty || effect == taint["effect"]?.stringValue else { return false }
            let key = toleration["key"]?.stringValue ?? ""
            if toleration["operator"]?.stringValue == "Exists" {
                return key.isEmpty || key == taint["key"]?.stringValue
            }
            return key == taint["key"]?.stringValue
                && (toleration["value"]?.stringValue ?? "") == (taint["value"]?.stringValue ?? "")
        }
    }

    /// Whether a node's labels satisfy the selector and the required node affinity.
    func accepts(node labels: [String: String], name: String) -> Bool {
        guard selector.allSatisfy({ labels[$0.key] == $0.value }) else { return false }
        let required = affinity?.at("nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
        guard let terms = required?["nodeSelectorTerms"]?.arrayValue else { return true }
        return terms.contains { term in
            let fields = term["matchFields"]?.arrayValue ?? []
            return LabelMatch.all(term["matchExpressions"]?.arrayValue ?? [], labels)
                && LabelMatch.all(fields, ["metadata.name": name])
        }
    }
}

/// Requirements on labels, in the API's words.
enum LabelMatch {
    static func all(_ requirements: [JSONValue], _ labels: [String: String]) -> Bool {
        requirements.allSatisfy { requirement in
            let value = labels[requirement["key"]?.stringValue ?? ""]
            let values = (requirement["values"]?.arrayValue ?? []).compactMap(\.stringValue)
            switch requirement["operator"]?.stringValue {
            case "In": return value.map { values.contains($0) } ?? false
            case "NotIn": return value.map { !values.contains($0) } ?? true
            case "Exists": return value != nil
            case "DoesNotExist": return value == nil
            case "Gt": return value.flatMap { Int($0) } ?? .min > values.first.flatMap { Int($0) } ?? .max
            case "Lt": return value.flatMap { Int($0) } ?? .max < values.first.flatMap { Int($0) } ?? .min
            default: return false
            }
        }
    }

    /// A label selector; an empty one matches everything, an absent one nothing.
    static func selector(_ selector: JSONValue?, _ labels: [String: String]) -> Bool {
        guard let selector else { return false }
        let pairs = selector["matchLabels"]?.objectValue ?? [:]
        return pairs.allSatisfy { labels[$0.key] == $0.value.stringValue }
            && all(selector["matchExpressions"]?.arrayValue ?? [], labels)
    }
}
