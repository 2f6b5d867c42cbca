import JSON

/// How the elements of a list are told apart: by which members, or not at all.
/// Source: `x-kubernetes-list-map-keys` and `x-kubernetes-patch-merge-key` in the API's OpenAPI document.
enum ListKeys {
    /// - Parameters:
    ///   - field: the list's name.
    ///   - elements: of either side, to tell a container's ports from a Service's.
    /// - Returns: nil for a list that is replaced as a whole.
    static func keys(of field: String, _ elements: [JSONValue]) -> [String]? {
        guard elements.allSatisfy({ $0.objectValue != nil }) else { return nil }
        switch field {
        case "containers", "initContainers", "ephemeralContainers", "volumes", "env", "imagePullSecrets", "secrets",
            "webhooks", "podIPs", "resourceClaims":
            return elements.allSatisfy { $0["name"] != nil } ? ["name"] : nil
        case "ports":
            if elements.allSatisfy({ $0["containerPort"] != nil }) { return ["containerPort", "protocol"] }
            return elements.allSatisfy { $0["port"] != nil } ? ["port", "protocol"] : nil
        case "volumeMounts": return ["mountPath"]
        case "volumeDevices": return ["devicePath"]
        case "conditions", "addresses": return elements.allSatisfy { $0["type"] != nil } ? ["type"] : nil
        case "ownerReferences": return ["uid"]
        case "hostAliases": return ["ip"]
        case "topologySpreadConstraints": return ["topologyKey", "whenUnsatisfiable"]
        default: return nil
        }
    }

    /// Lists of plain values in which order means nothing.
    static let sets: Set<String> = ["finalizers"]

    /// The element's own key members; defaults as the server sets them.
    static func identity(_ element: JSONValue, _ keys: [String]) -> JSONValue {
        var identity: JSONValue = [:]
        for key in keys { identity[key] = element[key] ?? (key == "protocol" ? "TCP" : nil) }
        return identity
    }
}
