import FoundationEssentials
import Healing
import JSON
import Kubernetes

/// Cortex's writes, done to the simulated cluster as its API server does them: refused when the object is another than
/// the one they were decided on.
enum SimulatedWrites {
    static let manager = "cortex"

    static func apply(_ write: ClusterWrite, to world: inout World) throws(APIStatus) {
        let object = write.object
        guard let now = world.find(write.resource, object.namespace, object.name) else {
            throw APIStatus(
                code: 404, reason: "NotFound", message: "\(write.resource.plural) \"\(object.name)\" not found")
        }
        if write.isEviction { return try evict(now, object, &world) }
        let version = now.at("metadata", "resourceVersion")?.stringValue
        guard version == object.resourceVersion, object.uid == nil || object.uid == now.uid else {
            throw APIStatus(
                code: 409, reason: "Conflict",
                message: "Operation cannot be fulfilled on \(write.resource.plural) \"\(object.name)\": "
                    + "the object has been modified; please apply your changes to the latest version and try again")
        }
        world.edit(write.resource, now, as: manager) { value in change(&value, write.change) }
    }

    private static func change(_ value: inout JSONValue, _ change: ClusterWrite.Change) {
        switch change {
        case .scale(_, let count): value.put(.integer(count), at: "spec", "replicas")
        case .template(let template, _): value.put(template, at: "spec", "template")
        case .selector(let selector): value.put(.object(selector.mapValues { .string($0) }), at: "spec", "selector")
        case .restart(let time):
            value.put(
                .string(RFC3339.string(from: time)), at: "spec", "template", "metadata", "annotations",
                "kubectl.kubernetes.io/restartedAt")
        case .targetPort(let index, let port):
            guard var ports = value.at("spec", "ports")?.arrayValue, ports.indices.contains(index) else { return }
            switch port {
            case .int(let number): ports[index]["targetPort"] = .integer(number)
            case .string(let name): ports[index]["targetPort"] = .string(name)
            }
            value.put(.array(ports), at: "spec", "ports")
        case .evict: break
        }
    }

    /// Source: https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
    private static func evict(
        _ pod: JSONValue, _ object: ObjectReference, _ world: inout World
    ) throws(APIStatus) {
        guard object.uid == nil || object.uid == pod.uid else {
            throw APIStatus(code: 409, reason: "Conflict", message: "the UID in the precondition is another")
        }
        for budget in world.all(DisruptionController.resource, in: pod.namespace) {
            guard LabelMatch.selector(budget.at("spec", "selector"), pod.labels), pod.isReady,
                budget.at("status", "disruptionsAllowed")?.intValue ?? 0 <= 0
            else { continue }
            throw APIStatus(
                code: 429, reason: "TooManyRequests",
                message: "Cannot evict pod as it would violate the pod's disruption budget.")
        }
        world.remove(.pods, pod)
    }
}
