import JSON
import Kubernetes

/// Kinds that are made when they are asked for: metrics, and Events under their second name.
extension World {
    func virtual(_ call: APICall, _ address: APIAddress) throws(APIStatus) -> APIAnswer {
        guard call.method == "GET" else { throw Refusals.methodNotAllowed() }
        if address.type.kind == "Event" {
            var core = address
            guard let type = ResourceType.of(.events) else { throw Refusals.unknownPath }
            core.type = type
            if call.isSet("watch") { return .watch(try watch(call, core)) }
            if core.name != nil { return .value(200, try presented(get(core), call, core)) }
            var list = try list(call, core)
            if !call.wantsTable { list["apiVersion"] = .string(address.apiVersion) }
            return .value(200, list)
        }
        let isNodes = address.type.kind == "NodeMetrics"
        let selection = try Selection(call, address)
        let objects = all(isNodes ? .nodes : .pods, in: address.namespace).filter { object in
            selection.matches(object) && (isNodes || Self.isMeasured(object))
        }
        let items = objects.map { isNodes ? nodeMetrics($0) : podMetrics($0) }
        if let name = address.name {
            guard let item = items.first(where: { $0.name == name }) else {
                throw Refusals.notFound(address.type, name)
            }
            return .value(200, item)
        }
        return .value(
            200,
            [
                "kind": .string(address.type.kind + "List"), "apiVersion": "metrics.k8s.io/v1beta1", "metadata": [:],
                "items": .array(items),
            ])
    }

    /// What the metrics API lists of a namespace.
    func podMetrics(in namespace: String) -> [JSONValue] {
        all(.pods, in: namespace).filter { Self.isMeasured($0) }.map { podMetrics($0) }
    }

    private static func isMeasured(_ pod: JSONValue) -> Bool { pod.at("status", "phase") == "Running" }

    private func podMetrics(_ pod: JSONValue) -> JSONValue {
        let names = (pod.at("spec", "containers")?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
        let usage = usage(ofPod: pod.uid)
        let share = Double(max(1, names.count))
        return [
            "kind": "PodMetrics", "apiVersion": "metrics.k8s.io/v1beta1", "metadata": metricsMetadata(pod),
            "timestamp": stamp(seconds), "window": "30s",
            "containers": .array(
                names.map { ["name": .string($0), "usage": amounts(usage.cpu / share, usage.memory / share)] }),
        ]
    }

    private func nodeMetrics(_ node: JSONValue) -> JSONValue {
        let usages = store.pods(onNode: node.name).map { usage(ofPod: $0.uid) }
        return [
            "kind": "NodeMetrics", "apiVersion": "metrics.k8s.io/v1beta1", "metadata": metricsMetadata(node),
            "timestamp": stamp(seconds), "window": "30s",
            // The node's own daemons take a little too.
            "usage": amounts(
                0.05 + usages.map(\.cpu).reduce(0, +), 256 * 1_048_576 + usages.map(\.memory).reduce(0, +)),
        ]
    }

    private func metricsMetadata(_ object: JSONValue) -> JSONValue {
        var metadata: JSONValue = ["name": .string(object.name), "creationTimestamp": stamp(seconds)]
        metadata["namespace"] = object.at("metadata", "namespace")
        metadata["labels"] = object.at("metadata", "labels")
        return metadata
    }

    private func amounts(_ cpu: Double, _ memory: Double) -> JSONValue {
        ["cpu": .string("\(Int(cpu * 1e9))n"), "memory": .string("\(Int(memory / 1024))Ki")]
    }
}
