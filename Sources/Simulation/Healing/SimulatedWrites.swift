import Diagnosis
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
        if case .create(let manifest) = write.change { return try create(manifest, write, &world) }
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
        case .memory(let container, let from, let to):
            value.put(.string("\(from) → \(to)"), at: "metadata", "annotations", MemoryMark.annotation)
            guard var containers = value.at("spec", "template", "spec", "containers")?.arrayValue,
                let index = containers.firstIndex(where: { $0["name"]?.stringValue == container })
            else { return }
            containers[index].put(.string(to), at: "resources", "limits", "memory")
            value.put(.array(containers), at: "spec", "template", "spec", "containers")
        case .evict, .create: break
        }
    }

    private static func create(
        _ manifest: JSONValue, _ write: ClusterWrite, _ world: inout World
    ) throws(APIStatus) {
        guard world.find(write.resource, write.object.namespace, write.object.name) == nil else {
            throw APIStatus(
                code: 409, reason: "AlreadyExists",
                message: "\(write.resource.plural) \"\(write.object.name)\" already exists")
        }
        _ = try world.add(write.resource, manifest, as: manager).get()
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
