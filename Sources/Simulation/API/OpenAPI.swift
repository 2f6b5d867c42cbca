import JSON
import Kubernetes

/// As much of the OpenAPI documents as `kubectl` asks for: that the server checks fields itself.
/// Source: `NewQueryParamVerifierV3` in k8s.io/cli-runtime/pkg/resource.
enum OpenAPI {
    static func answer(_ path: [String], accept: String) -> APIAnswer? {
        guard path.first == "v3" else {
            guard path.first == "v2", path.count == 1 else { return nil }
            if accept.contains("protobuf") { return .text(200, emptyProtobuf) }
            return .value(
                200,
                [
                    "swagger": "2.0", "info": ["title": "Kubernetes", "version": "v1.30.0"], "paths": [:],
                    "definitions": [:],
                ])
        }
        if path.count == 1 { return .value(200, ["paths": .object(index)]) }
        let group = path.count == 4 ? path[2] : ""
        guard let version = path.last, path.count == 3 || path.count == 4 else { return nil }
        return .value(200, document(group, version))
    }

    /// The second version's document without a definition, as protocol buffer: field 1, three bytes, `2.0`. `kubectl`
    /// reads it before it applies a `List`, and leaves the check of what is not defined there to the server.
    /// Source: https://github.com/google/gnostic-models/blob/main/openapiv2/OpenAPIv2.proto
    private static let emptyProtobuf = "\u{0A}\u{03}2.0"

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
