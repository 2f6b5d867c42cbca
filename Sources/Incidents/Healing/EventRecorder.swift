import FoundationEssentials
import Healing
import JSON
import Kubernetes
import Logging

/// Records what Cortex did as a Kubernetes Event on the object it did it to.
/// Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
struct EventRecorder: Sendable {
    let api: any ClusterAPI
    let log: Logger
    let newID: @Sendable () -> String
    let now: @Sendable () -> Date

    /// Best effort: what was done is done, and a missing right to write events does not undo it.
    func record(
        _ object: ObjectReference, resource: Resource?, reason: String, message: String, missing: MissingRights
    ) async {
        guard let namespace = object.namespace else { return }
        let time = JSONValue.string(
            RFC3339.string(from: Date(timeIntervalSince1970: now().timeIntervalSince1970.rounded())))
        let body: JSONValue = [
            "apiVersion": "v1", "kind": "Event",
            "metadata": ["name": .string("\(object.name.prefix(200)).\(newID())"), "namespace": .string(namespace)],
            "involvedObject": [
                "apiVersion": .string(resource?.apiVersion ?? object.apiVersion ?? "v1"), "kind": .string(object.kind),
                "namespace": .string(namespace), "name": .string(object.name), "uid": .string(object.uid ?? ""),
            ],
            "reason": .string(reason), "message": .string(String(message.prefix(1000))), "type": "Normal",
            "source": ["component": "cortex"], "reportingComponent": "cortex", "reportingInstance": "cortex",
            "firstTimestamp": time, "lastTimestamp": time, "count": 1,
        ]
        do {
            let request = APIRequest(
                .create, .events, namespace: namespace, body: try JSONCoding.encode(body), hasPrecondition: true)
            do throws(APIError) {
                _ = try await api.send(request)
            } catch {
                if error.isForbidden { missing.note(MissingRule(request)) }
                throw error
            }
        } catch {
            log.warning("the change of \(object) could not be recorded as an Event: \(error)")
        }
    }
}
