import JSON

/// One object of an access manifest, as YAML with comments and as JSON.
struct AccessDocument {
    struct Annotation {
        var name: String
        var value: String
    }

    struct Role {
        var kind: String
        var name: String
    }

    struct Subject {
        var name: String
        var namespace: String
    }

    enum Content {
        case nothing
        case rules([AccessRule])
        case binding(Role, Subject)
    }

    private static let group = "rbac.authorization.k8s.io"

    var kind: String
    var name: String
    var namespace: String?
    var annotations: [Annotation] = []
    var content: Content

    private var apiVersion: String { kind == "ServiceAccount" ? "v1" : "\(Self.group)/v1" }

    var yaml: String {
        var lines = ["apiVersion: \(apiVersion)", "kind: \(kind)", "metadata:", "  name: \(name)"]
        if let namespace { lines.append("  namespace: \(namespace)") }
        if !annotations.isEmpty { lines.append("  annotations:") }
        lines += annotations.map { "    \($0.name): \"\($0.value)\"" }
        switch content {
        case .nothing: break
        case .rules(let rules):
            lines.append(rules.isEmpty ? "rules: []" : "rules:")
            for rule in rules {
                lines += [
                    "# \(rule.reason)", "- apiGroups: [\(rule.group.isEmpty ? "\"\"" : rule.group)]",
                    "  resources: [\(rule.resource)]", "  verbs: [\(rule.verbs.joined(separator: ", "))]",
                ]
            }
        case .binding(let role, let subject):
            lines += [
                "roleRef:", "  apiGroup: \(Self.group)", "  kind: \(role.kind)", "  name: \(role.name)", "subjects:",
                "- kind: ServiceAccount", "  name: \(subject.name)", "  namespace: \(subject.namespace)",
            ]
        }
        return lines.map { $0 + "\n" }.joined()
    }

    var json: JSONValue {
        var metadata: [String: JSONValue] = ["name": .string(name)]
        if let namespace { metadata["namespace"] = .string(namespace) }
        if !annotations.isEmpty {
            metadata["annotations"] = .object(
                Dictionary(uniqueKeysWithValues: annotations.map { ($0.name, .string($0.value)) }))
        }
        var members: [String: JSONValue] = [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "metadata": .object(metadata),
        ]
        switch content {
        case .nothing: break
        case .rules(let rules):
            members["rules"] = .array(
                rules.map { rule in
                    [
                        "apiGroups": [.string(rule.group)], "resources": [.string(rule.resource)],
                        "verbs": .array(rule.verbs.map { .string($0) }),
                    ]
                })
        case .binding(let role, let subject):
            members["roleRef"] = [
                "apiGroup": .string(Self.group), "kind": .string(role.kind), "name": .string(role.name),
            ]
            members["subjects"] = [
                [
                    "kind": "ServiceAccount", "name": .string(subject.name), "namespace": .string(subject.namespace),
                ]
            ]
        }
        return .object(members)
    }
}
