import FoundationEssentials
import JSON
import Kubernetes
import Synchronization

/// A namespace `shop` with Deployments that serve, and an autoscaler for each that the metrics API leaves blind; or
/// with Deployments whose pods are on a node that has long been silent.
final class BlindCluster: ClusterAPI {
    private static let silence =
        "unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server is "
        + "currently unable to handle the request (get pods.metrics.k8s.io)"
    private let writes = Mutex(0)
    private let measurements = Mutex(0)
    let names: [String]
    /// The silent node; nil where the autoscalers are blind instead.
    let lostNode: String?

    init(_ names: [String], lostNode: String? = nil) {
        self.names = names
        self.lostNode = lostNode
    }

    var writeCount: Int { writes.withLock { $0 } }
    /// How often somebody asked for metrics, which nobody may see.
    var measurementCount: Int { measurements.withLock { $0 } }
    var deployments: [Deployment] { names.map { FakeCluster.decoded(deployment($0)) } }
    func autoscalers(isBlind: Bool = true) -> [HorizontalPodAutoscaler] {
        lostNode == nil ? names.map { FakeCluster.decoded(Self.autoscaler($0, isBlind: isBlind)) } : []
    }
    var pods: [Pod] { names.map { FakeCluster.decoded(pod($0)) } }
    var nodes: [Node] { lostNode.map { [FakeCluster.decoded(Self.silent($0))] } ?? [] }

    func send(_ request: APIRequest) async throws(APIError) -> Data {
        if request.verb.isWrite, request.resource != .events { writes.withLock { $0 += 1 } }
        if request.resource == .podMetrics {
            measurements.withLock { $0 += 1 }
            throw .status(APIStatus(code: 403, reason: "Forbidden", message: "pods.metrics.k8s.io is forbidden"))
        }
        let items: [JSONValue] =
            switch request.resource {
            case .deployments: names.map(deployment)
            case .replicaSets: names.map(Self.replicaSet)
            case .pods: names.map(pod)
            case .nodes: lostNode.map { [Self.silent($0)] } ?? []
            case .autoscalers where lostNode == nil: names.map { Self.autoscaler($0, isBlind: true) }
            case .namespaces: [["metadata": ["name": "shop"]]]
            default: []
            }
        if let name = request.name {
            return FakeCluster.encode(items.first { $0["metadata"]?["name"]?.stringValue == name } ?? [:])
        }
        return FakeCluster.encode(["metadata": ["resourceVersion": "1"], "items": .array(items)])
    }

    func lines(_ request: APIRequest) -> AsyncThrowingStream<Data, any Error> { AsyncThrowingStream { _ in } }

    private static func silent(_ name: String) -> JSONValue {
        [
            "metadata": ["name": .string(name), "creationTimestamp": "2025-01-01T00:00:00Z"],
            "status": [
                "conditions": [
                    [
                        "type": "Ready", "status": "Unknown", "lastTransitionTime": "2026-01-01T00:00:00Z",
                        "message": "Kubelet stopped posting node status.",
                    ]
                ]
            ],
        ]
    }

    private func deployment(_ name: String) -> JSONValue {
        let ready: JSONValue = lostNode == nil ? 1 : 0
        return [
            "metadata": [
                "name": .string(name), "namespace": "shop", "uid": .string("d-\(name)"), "resourceVersion": "5",
                "generation": 1, "annotations": ["deployment.kubernetes.io/revision": "1"],
            ],
            "spec": [
                "replicas": 1, "selector": ["matchLabels": ["app": .string(name)]],
                "template": FakeCluster.template("web:1"),
            ],
            "status": [
                "observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "readyReplicas": ready,
                "availableReplicas": ready,
            ],
        ]
    }

    private static func replicaSet(_ name: String) -> JSONValue {
        [
            "metadata": [
                "name": .string("\(name)-1"), "namespace": "shop", "uid": .string("r-\(name)"),
                "annotations": ["deployment.kubernetes.io/revision": "1"],
                "ownerReferences": [
                    [
                        "apiVersion": "apps/v1", "kind": "Deployment", "name": .string(name),
                        "uid": .string("d-\(name)"), "controller": true,
                    ]
                ],
            ],
            "spec": [
                "replicas": 1, "selector": ["matchLabels": ["app": .string(name)]],
                "template": FakeCluster.template("web:1", hash: "1"),
            ],
            "status": ["replicas": 1, "observedGeneration": 1],
        ]
    }

    private func pod(_ name: String) -> JSONValue {
        let isReady = lostNode == nil
        return [
            "metadata": [
                "name": .string("\(name)-1-0"), "namespace": "shop", "uid": .string("p-\(name)"),
                "labels": ["app": .string(name), "pod-template-hash": "1"],
                "ownerReferences": [
                    [
                        "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": .string("\(name)-1"),
                        "uid": .string("r-\(name)"),
                        "controller": true,
                    ]
                ],
            ],
            "spec": [
                "nodeName": lostNode.map { .string($0) } ?? .null,
                "containers": [["name": "web", "image": "web:1", "resources": ["limits": ["memory": "64Mi"]]]],
            ],
            "status": [
                "phase": "Running",
                "containerStatuses": [
                    [
                        "name": "web", "ready": .bool(isReady), "restartCount": 0,
                        "state": ["running": ["startedAt": "2026-01-01T00:00:00Z"]],
                    ]
                ],
                "conditions": [
                    ["type": "PodScheduled", "status": "True"],
                    ["type": "Ready", "status": isReady ? "True" : "False"],
                ],
            ],
        ]
    }

    private static func autoscaler(_ name: String, isBlind: Bool) -> JSONValue {
        let condition: JSONValue = [
            "type": "ScalingActive", "status": isBlind ? "False" : "True",
            "reason": isBlind ? "FailedGetResourceMetric" : "ValidMetricFound",
            "message": .string(isBlind ? silence : ""), "lastTransitionTime": "2026-01-01T00:00:00Z",
        ]
        let text = String(decoding: FakeCluster.encode(.array([condition])), as: UTF8.self)
        return [
            "metadata": [
                "name": .string(name), "namespace": "shop",
                "annotations": ["autoscaling.alpha.kubernetes.io/conditions": .string(text)],
            ],
            "spec": ["scaleTargetRef": ["kind": "Deployment", "name": .string(name)], "maxReplicas": 3],
        ]
    }
}

extension FakeCluster {
    static func decoded<Object: Decodable>(_ value: JSONValue) -> Object {
        do {
            return try JSONCoding.decode(Object.self, from: encode(value))
        } catch {
            preconditionFailure("the object decodes: \(error)")
        }
    }
}
