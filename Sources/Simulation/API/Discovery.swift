import JSON
import Kubernetes

/// Which kinds there are. Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
enum Discovery {
    static let version: JSONValue = [
        "major": "1", "minor": "30", "gitVersion": "v1.30.0+cortex", "gitCommit": "", "gitTreeState": "clean",
        "buildDate": "2026-01-01T00:00:00Z", "goVersion": "none", "compiler": "swiftc", "platform": "linux/amd64",
    ]

    /// - Returns: nil for a path that nothing is at.
    static func answer(_ call: APICall) -> APIAnswer? {
        guard call.method == "GET" else { return nil }
        let parts = call.path.split(separator: "/").map(String.init)
        switch (parts.first, parts.count) {
        case ("version", 1): return .value(200, version)
        case ("healthz", _), ("livez", _), ("readyz", _): return .text(200, "ok")
        case ("api", 1):
            return .value(
                200,
                [
                    "kind": "APIVersions", "versions": ["v1"],
                    "serverAddressByClientCIDRs": [["clientCIDR": "0.0.0.0/0", "serverAddress": "10.99.0.2:6443"]],
                ])
        case ("apis", 1): return .value(200, groups)
        case ("apis", 2): return groupNames.contains(parts[1]) ? .value(200, group(parts[1], isWhole: true)) : nil
        case ("api", 2): return parts[1] == "v1" ? resources("", "v1") : nil
        case ("apis", 3): return resources(parts[1], parts[2])
        case ("openapi", _): return OpenAPI.answer(Array(parts.dropFirst()), accept: call.accept)
        case (nil, _): return .value(200, ["paths": ["/api", "/apis", "/healthz", "/openapi/v3", "/version"]])
        default: return nil
        }
    }

    /// What there is at a path that nothing is at: an error of the kind where the group is known, else a plain page.
    static func nothing(at path: String) throws(APIStatus) -> APIAnswer {
        let parts = path.split(separator: "/").map(String.init)
        let isKnown =
            parts.count > 2
            && (parts[0] == "api" && parts[1] == "v1"
                || parts[0] == "apis" && versions(of: parts[1]).contains(parts[2]))
        if isKnown { throw Refusals.unknownPath }
        return .text(404, "404 page not found\n")
    }

    private static let groupNames: [String] = {
        var names: [String] = []
        for type in ResourceType.all where !type.resource.group.isEmpty && !names.contains(type.resource.group) {
            names.append(type.resource.group)
        }
        return names
    }()

    private static var groups: JSONValue {
        [
            "kind": "APIGroupList", "apiVersion": "v1",
            "groups": .array(groupNames.map { group($0, isWhole: false) }),
        ]
    }

    /// The preferred version first.
    static func versions(of group: String) -> [String] {
        var versions: [String] = []
        for type in ResourceType.all where type.resource.group == group {
            for version in type.versions where !versions.contains(version) { versions.append(version) }
        }
        return versions
    }

    private static func group(_ name: String, isWhole: Bool) -> JSONValue {
        let versions = versions(of: name).map { version -> JSONValue in
            ["groupVersion": .string("\(name)/\(version)"), "version": .string(version)]
        }
        var group: JSONValue = [
            "name": .string(name), "versions": .array(versions), "preferredVersion": versions.first ?? [:],
        ]
        if isWhole {
            group["kind"] = "APIGroup"
            group["apiVersion"] = "v1"
        }
        return group
    }

    private static func resources(_ group: String, _ version: String) -> APIAnswer? {
        let types = ResourceType.all.filter { $0.resource.group == group && $0.versions.contains(version) }
        guard !types.isEmpty else { return nil }
        return .value(
            200,
            [
                "kind": "APIResourceList", "apiVersion": "v1",
                "groupVersion": .string(group.isEmpty ? version : "\(group)/\(version)"),
                "resources": .array(types.flatMap(entries)),
            ])
    }

    private static func entries(_ type: ResourceType) -> [JSONValue] {
        var entry: JSONValue = [
            "name": .string(type.resource.plural), "singularName": .string(type.singular),
            "namespaced": .bool(type.resource.isNamespaced), "kind": .string(type.kind),
            "verbs": .array(verbs(of: type)),
        ]
        if !type.shortNames.isEmpty { entry["shortNames"] = .array(type.shortNames.map(JSONValue.string)) }
        if !type.categories.isEmpty { entry["categories"] = .array(type.categories.map(JSONValue.string)) }
        return [entry] + type.subresources.map { subresource(type, $0) }
    }

    private static func verbs(of type: ResourceType) -> [JSONValue] {
        if type.isReview { return ["create"] }
        if type.resource.group == "metrics.k8s.io" { return ["get", "list"] }
        if type.isVirtual { return ["get", "list", "watch"] }
        return ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
    }

    private static func subresource(_ type: ResourceType, _ name: String) -> JSONValue {
        var entry: JSONValue = [
            "name": .string("\(type.resource.plural)/\(name)"), "singularName": "",
            "namespaced": .bool(type.resource.isNamespaced), "kind": .string(type.kind),
        ]
        switch name {
        case "scale":
            entry["group"] = "autoscaling"
            entry["version"] = "v1"
            entry["kind"] = "Scale"
            entry["verbs"] = ["get", "patch", "update"]
        case "eviction":
            entry["group"] = "policy"
            entry["version"] = "v1"
            entry["kind"] = "Eviction"
            entry["verbs"] = ["create"]
        case "binding":
            entry["kind"] = "Binding"
            entry["verbs"] = ["create"]
        case "token":
            entry["group"] = "authentication.k8s.io"
            entry["version"] = "v1"
            entry["kind"] = "TokenRequest"
            entry["verbs"] = ["create"]
        case "log": entry["verbs"] = ["get"]
        case "proxy": entry["verbs"] = ["create", "delete", "get", "patch", "update"]
        case "finalize": entry["verbs"] = ["update"]
        default: entry["verbs"] = ["get", "patch", "update"]
        }
        return entry
    }
}
