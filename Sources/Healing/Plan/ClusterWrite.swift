import Diagnosis
public import FoundationEssentials
public import JSON
public import Kubernetes

/// One change of the cluster, bound to the state of the object it was decided on: the server refuses it with 409 when
/// that state is no longer the current one.
public struct ClusterWrite: Codable, Hashable, Sendable {
    public enum Change: Codable, Hashable, Sendable {
        case scale(from: Int, to: Int)
        /// Sets the annotation that `kubectl rollout restart` sets. No strategy plans it today: what hangs is evicted,
        /// one pod at a time, and no other cause of the catalogue is helped by a restart.
        case restart(at: Date)
        /// The pod template of another revision, as its ReplicaSet holds it.
        case template(JSONValue, revision: Int)
        case evict
        case selector([String: String])
        case targetPort(index: Int, IntOrString)
        /// A container's memory limit, with the mark that it was raised.
        case memory(container: String, from: String, to: String)
        /// The whole object, which is not there.
        case create(JSONValue)
    }

    /// With the UID and the resourceVersion it was decided on.
    public var object: ObjectReference
    public var resource: Resource
    public var change: Change

    public init(_ change: Change, of object: ObjectReference, resource: Resource) {
        self.object = object
        self.resource = resource
        self.change = change
    }

    /// As the API takes it. `evictionVersion` is the version of the group `policy` that the server names for the
    /// eviction subresource.
    /// Source: https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
    public func request(evictionVersion: String = "v1") -> APIRequest {
        switch change {
        case .scale(_, let count):
            // Not replace: a Scale at zero has no member replicas, and from 1.22 on replace asks for one.
            patch(
                [["op": "add", "path": "/spec/replicas", "value": .integer(Int64(count))]], subresource: "scale")
        case .template(let template, _): patch([Self.replace("/spec/template", template)])
        case .selector(let selector): patch([Self.operation(selector: selector)])
        case .targetPort(let index, let port): patch([Self.operation(targetPort: port, at: index)])
        case .restart(let time):
            APIRequest(
                .patch(.strategicMerge), resource, namespace: object.namespace, name: object.name,
                body: Self.bytes([
                    "metadata": ["resourceVersion": version],
                    "spec": [
                        "template": [
                            "metadata": ["annotations": [Self.restartedAt: .string(RFC3339.string(from: time))]]
                        ]
                    ],
                ]), hasPrecondition: true)
        case .memory(let container, let from, let to): memory(container, from, to)
        case .create(let manifest):
            // A name that is taken answers 409, so that sending it twice makes one.
            APIRequest(
                .create, resource, namespace: object.namespace, body: Self.bytes(manifest), hasPrecondition: true)
        case .evict:
            APIRequest(
                .create, resource, namespace: object.namespace, name: object.name, subresource: "eviction",
                body: Self.bytes([
                    "apiVersion": .string("policy/\(evictionVersion)"), "kind": "Eviction",
                    "metadata": ["name": .string(object.name), "namespace": .string(object.namespace ?? "")],
                    "deleteOptions": [
                        "preconditions": ["uid": .string(object.uid ?? ""), "resourceVersion": version]
                    ],
                ]), hasPrecondition: true)
        }
    }

    private static func operation(selector: [String: String]) -> JSONValue {
        replace("/spec/selector", .object(selector.mapValues { .string($0) }))
    }

    private static func operation(targetPort port: IntOrString, at index: Int) -> JSONValue {
        // add replaces a member that is there, and a Service may leave targetPort out
        ["op": "add", "path": .string("/spec/ports/\(index)/targetPort"), "value": port.json]
    }

    /// The command by which a person repairs the same Service. Names, labels and ports hold nothing that a shell reads.
    static func kubectl(_ repair: ServiceRepair, of service: ObjectReference) -> String {
        let operation =
            switch repair {
            case .selector(let selector): operation(selector: selector)
            case .targetPort(let index, let port): operation(targetPort: port, at: index)
            }
        let patch = String(decoding: bytes(.array([operation])), as: UTF8.self)
        return "kubectl patch service \(service.name) -n \(service.namespace ?? "") --type=json -p '\(patch)'"
    }

    private func memory(_ container: String, _ from: String, _ to: String) -> APIRequest {
        let change: JSONValue = [
            "metadata": [
                "resourceVersion": version,
                "annotations": [MemoryMark.annotation: .string(MemoryMark(from: from, to: to).text)],
            ],
            "spec": [
                "template": [
                    "spec": [
                        "containers": [
                            ["name": .string(container), "resources": ["limits": ["memory": .string(to)]]]
                        ]
                    ]
                ]
            ],
        ]
        return APIRequest(
            .patch(.strategicMerge), resource, namespace: object.namespace, name: object.name,
            body: Self.bytes(change), hasPrecondition: true)
    }

    /// The annotation of `kubectl rollout restart`.
    static let restartedAt = "kubectl.kubernetes.io/restartedAt"

    /// The rule that allows it, as RBAC names it: `patch deployments.apps/scale`.
    public var rule: String {
        let plural = resource.group.isEmpty ? resource.plural : "\(resource.plural).\(resource.group)"
        return switch change {
        case .scale: "patch \(plural)/scale"
        case .evict: "create \(plural)/eviction"
        case .create: "create \(plural)"
        case .restart, .template, .selector, .targetPort, .memory: "patch \(plural)"
        }
    }

    private var version: JSONValue { .string(object.resourceVersion ?? "") }

    /// A JSON patch that first puts the resourceVersion it was decided on: the server answers 409 when it has moved on.
    private func patch(_ operations: [JSONValue], subresource: String? = nil) -> APIRequest {
        APIRequest(
            .patch(.json), resource, namespace: object.namespace, name: object.name, subresource: subresource,
            body: Self.bytes(.array([Self.replace("/metadata/resourceVersion", version)] + operations)),
            hasPrecondition: true)
    }

    private static func replace(_ path: String, _ value: JSONValue) -> JSONValue {
        ["op": "replace", "path": .string(path), "value": value]
    }

    private static func bytes(_ value: JSONValue) -> Data {
        do {
            return try JSONCoding.encode(value)
        } catch {
            preconditionFailure("a JSON value without non-finite numbers always encodes: \(error)")
        }
    }
}

extension IntOrString {
    /// The JSON number or string that the API takes.
    var json: JSONValue {
        switch self {
        case .int(let value): .integer(Int64(value))
        case .string(let value): .string(value)
        }
    }
}
