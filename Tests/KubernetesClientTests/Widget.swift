import FoundationEssentials
import JSON
import Kubernetes

/// A kind of its own: the API server begins to remember its changes when the kind is defined, so every state before
/// that is too old to watch from, however young the cluster is.
struct Widget: KubernetesObject {
    static let resource = Resource(group: "test.cortex.io", plural: "widgets", kind: "Widget")
    var metadata: ObjectMeta

    /// Defines the kind, if it is not there, and waits until the server serves it.
    static func define(in api: some ClusterAPI) async throws {
        let definition: JSONValue = [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": ["name": "widgets.test.cortex.io"],
            "spec": [
                "group": "test.cortex.io", "scope": "Namespaced",
                "names": ["plural": "widgets", "singular": "widget", "kind": "Widget"],
                "versions": [
                    [
                        "name": "v1", "served": true, "storage": true,
                        "schema": ["openAPIV3Schema": ["type": "object"]],
                    ]
                ],
            ],
        ]
        let definitions = Resource(
            group: "apiextensions.k8s.io", plural: "customresourcedefinitions", kind: "CustomResourceDefinition",
            isNamespaced: false)
        do {
            _ = try await api.send(APIRequest(.create, definitions, body: try JSONCoding.encode(definition)))
        } catch let error as APIError {
            guard error.isConflict else { throw error }
        }
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            do {
                _ = try await api.list(Widget.self, namespace: "default")
                return
            } catch  where ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(100))  // the kind is served a moment after it is defined
            }
        }
    }
}
