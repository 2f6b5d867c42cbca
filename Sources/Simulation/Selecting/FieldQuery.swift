import JSON
import Kubernetes

/// The `fieldSelector` query parameter: equalities over the few fields that the server indexes by kind.
struct FieldQuery: Hashable, Sendable {
    private struct Requirement: Hashable, Sendable {
        var path: [String]
        var value: String
        var isEqual: Bool
    }
    private var requirements: [Requirement] = []

    /// The name, when one is asked for.
    var name: String? { requirements.first { $0.path == ["metadata", "name"] && $0.isEqual }?.value }
    /// The node, when one is asked for.
    var node: String? { requirements.first { $0.path == ["spec", "nodeName"] && $0.isEqual }?.value }

    init() {}

    /// - Throws: 400 for a field that the kind has no selector for.
    init(_ text: String, _ type: ResourceType) throws(APIStatus) {
        for part in text.split(separator: ",") {
            let isEqual = !part.contains("!=")
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2 else {
                throw Refusals.badRequest("invalid selector: '\(text)'; can't understand '\(part)'")
            }
            let field = String(halves[0].last == "!" ? halves[0].dropLast() : halves[0])
            let value = String(halves[1].first == "=" ? halves[1].dropFirst() : halves[1])
            guard Self.fields(of: type).contains(field) else {
                throw Refusals.badRequest("field label not supported: \(field)")
            }
            requirements.append(
                Requirement(path: field.split(separator: ".").map(String.init), value: value, isEqual: isEqual))
        }
    }

    /// Source: the `AddFieldLabelConversionFunc` calls in pkg/apis of Kubernetes.
    private static func fields(of type: ResourceType) -> Set<String> {
        let own: Set<String> =
            switch type.kind {
            case "Pod":
                [
                    "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
                    "spec.hostNetwork", "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName",
                ]
            case "Node": ["spec.unschedulable"]
            case "Event":
                [
                    "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
                    "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath",
                    "reason", "reportingComponent", "source", "type", "regarding.kind", "regarding.name",
                    "regarding.uid", "regarding.namespace",
                ]
            case "Namespace": ["status.phase"]
            case "ReplicaSet", "ReplicationController": ["status.replicas"]
            case "Secret": ["type"]
            case "Job": ["status.successful"]
            default: []
            }
        return own.union(["metadata.name", "metadata.namespace"])
    }

    func matches(_ object: JSONValue) -> Bool {
        requirements.allSatisfy { requirement in
            var path = requirement.path
            if path.first == "regarding" { path[0] = "involvedObject" }
            var value: JSONValue? = object
            for key in path { value = value?[key] }
            let text: String =
                switch value {
                case .string(let text): text
                case .integer(let number): String(number)
                case .bool(let flag): flag ? "true" : "false"
                default: path.last == "unschedulable" || path.last == "hostNetwork" ? "false" : ""
                }
            return (text == requirement.value) == requirement.isEqual
        }
    }
}
