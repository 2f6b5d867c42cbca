import JSON
import Kubernetes

/// As much of the OpenAPI documents as `kubectl` asks for: that the server checks fields itself.
/// Source: `NewQueryParamVerifierV3` in k8s.io/cli-runtime/pkg/resource.
enum OpenAPI {
    static func answer(_ path: [String]) -> APIAnswer? {
        guard path.first == "v3" else {
            return path.first == "v2" && path.count == 1
                ? .value(
                    200,
                    [
                        "swagger": "2.0", "info": ["title": "Kubernetes", "version": "v1.30.0"], "paths": [:],
                        "definitions": [:],
                    ]) : nil
        }
        if path.count == 1 { return .value(200, ["paths": .object(index)]) }
        let group = path.count == 4 ? path[2] : ""
        guard let version = path.last, path.count == 3 || path.count == 4 else { return nil }
        return .value(200, document(group, version))
    }

    private static var index: [String: JSONValue] {
        var paths: [String: JSONValue] = [:]
        for type in ResourceType.all {
            for version in type.versions {
                let name = root(type.resource.group, version)
                paths[name] = ["serverRelativeURL": .string("/openapi/v3/\(name)")]
            }
        }
        return paths
    }

    private static func root(_ group: String, _ version: String) -> String {
        group.isEmpty ? "api/\(version)" : "apis/\(group)/\(version)"
    }

    private static func document(_ group: String, _ version: String) -> JSONValue {
        var paths: [String: JSONValue] = [:]
        for type in ResourceType.all where type.resource.group == group && type.versions.contains(version) {
            let place = type.resource.isNamespaced ? "namespaces/{namespace}/" : ""
            let list = "/\(root(group, version))/\(place)\(type.resource.plural)"
            let kind: JSONValue = [
                "group": .string(group), "version": .string(version), "kind": .string(type.kind),
            ]
            let parameters = ["dryRun", "fieldManager", "fieldValidation"].map { name -> JSONValue in
                ["name": .string(name), "in": "query", "schema": ["type": "string", "uniqueItems": true]]
            }
            let operation: JSONValue = ["parameters": .array(parameters), "x-kubernetes-group-version-kind": kind]
            paths[list] = ["post": operation]
            paths[list + "/{name}"] = ["patch": operation, "put": operation]
        }
        return [
            "openapi": "3.0.0", "info": ["title": "Kubernetes", "version": "v1.30.0"], "paths": .object(paths),
            "components": ["schemas": [:]],
        ]
    }
}
