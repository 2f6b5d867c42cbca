import FoundationEssentials
import JSON

/// The second revision names an image that is not there; the first one ran.
extension FakeCluster {
    static let badImage = "web:nope"

    /// Who wrote the template, and when.
    static func fields(writtenAt time: Date) -> JSONValue {
        [
            [
                "manager": "kubectl-set", "operation": "Update", "time": .string(RFC3339.string(from: time)),
                "fieldsV1": ["f:spec": ["f:template": [:]]],
            ]
        ]
    }

    static func template(_ image: String, hash: String? = nil) -> JSONValue {
        var labels: [String: JSONValue] = ["app": "web"]
        if let hash { labels["pod-template-hash"] = .string(hash) }
        return [
            "metadata": ["labels": .object(labels)],
            "spec": ["containers": [["name": "web", "image": .string(image)]]],
        ]
    }

    static func replicaSet(of deployment: String, _ revision: Int, _ image: String, replicas: Int) -> JSONValue {
        [
            "metadata": [
                "name": .string("\(deployment)-\(revision)"), "namespace": "shop", "uid": .string("r\(revision)"),
                "annotations": ["deployment.kubernetes.io/revision": .string("\(revision)")],
                "ownerReferences": [owner("apps/v1", "Deployment", deployment, "d1")],
            ],
            "spec": [
                "replicas": .integer(Int64(replicas)), "selector": ["matchLabels": ["app": "web"]],
                "template": template(image, hash: "\(revision)"),
            ],
            "status": ["replicas": .integer(Int64(replicas)), "observedGeneration": 1],
        ]
    }

    static func waitingPod(of deployment: String, _ index: Int) -> JSONValue {
        let why = "Back-off pulling image \"\(badImage)\": not found"
        let template = template(badImage, hash: "2")
        return [
            "metadata": [
                "name": .string("\(deployment)-2-\(index)"), "namespace": "shop", "uid": .string("p\(index)"),
                "labels": template["metadata"]?["labels"] ?? [:],
                "ownerReferences": [owner("apps/v1", "ReplicaSet", "\(deployment)-2", "r2")],
            ],
            "spec": template["spec"] ?? [:],
            "status": [
                "phase": "Pending",
                "conditions": [["type": "PodScheduled", "status": "True"], ["type": "Ready", "status": "False"]],
                "containerStatuses": [
                    [
                        "name": "web", "ready": false, "restartCount": 0, "image": .string(badImage),
                        "state": ["waiting": ["reason": "ImagePullBackOff", "message": .string(why)]],
                    ]
                ],
            ],
        ]
    }

    private static func owner(_ version: String, _ kind: String, _ name: String, _ uid: String) -> JSONValue {
        [
            "apiVersion": .string(version), "kind": .string(kind), "name": .string(name), "uid": .string(uid),
            "controller": true,
        ]
    }
}
