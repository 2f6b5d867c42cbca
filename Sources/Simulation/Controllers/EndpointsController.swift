import JSON
import Kubernetes

/// Keeps the Endpoints and the EndpointSlice of every Service with a selector.
/// Source: pkg/controller/endpoint of Kubernetes.
struct EndpointsController: KeyedController {
    static let slices = Resource(group: "discovery.k8s.io", plural: "endpointslices", kind: "EndpointSlice")

    private struct Label: Hashable {
        var namespace: String
        var name: String
        var value: String
    }
    /// What decides about a pod's place among the endpoints.
    private struct Facts: Hashable {
        var labels: [String: String]
        var address: JSONValue?
        var isReady: Bool
        var isOver: Bool

        init(_ pod: JSONValue) {
            labels = pod.labels
            address = pod.at("status", "podIP")
            isReady = pod.isReady
            isOver = pod.isFinished || pod.isBeingDeleted
        }
    }

    /// The Services that ask for a label, by the first of those that they ask for.
    private var services: [Label: Set<ObjectKey>] = [:]

    mutating func keys(of change: StoreChange, _ world: World) -> [ObjectKey] {
        switch change.resource.kind {
        case "Service":
            if let label = change.previous.flatMap(Self.label) { services[label]?.remove(ObjectKey(change.object)) }
            if !change.isGone, let label = Self.label(change.object) {
                services[label, default: []].insert(ObjectKey(change.object))
            }
            return [ObjectKey(change.object)]
        case "Pod":
            let now = Facts(change.object)
            let before = change.previous.map { Facts($0) }
            guard change.isGone || before != now else { return [] }
            let old = before.map { selecting($0.labels, in: change.object.namespace, world) } ?? []
            return old + selecting(now.labels, in: change.object.namespace, world)
        default: return []
        }
    }

    private static func label(_ service: JSONValue) -> Label? {
        let selector = service.at("spec", "selector")?.objectValue ?? [:]
        guard let name = selector.keys.min(), let value = selector[name]?.stringValue else { return nil }
        return Label(namespace: service.namespace ?? "", name: name, value: value)
    }

    private func selecting(_ labels: [String: String], in namespace: String?, _ world: World) -> [ObjectKey] {
        labels.flatMap { services[Label(namespace: namespace ?? "", name: $0.key, value: $0.value)] ?? [] }.filter {
            world.find(.services, $0.namespace, $0.name).map { Self.selects($0, labels) } ?? false
        }
    }

    static func selects(_ service: JSONValue, _ labels: [String: String]) -> Bool {
        guard let selector = service.at("spec", "selector")?.objectValue, !selector.isEmpty else { return false }
        return selector.allSatisfy { labels[$0.key] == $0.value.stringValue }
    }

    mutating func sync(_ key: ObjectKey, _ world: inout World) -> Double? {
        guard let service = world.find(.services, key.namespace, key.name) else {
            if let old = world.find(.endpoints, key.namespace, key.name) { world.remove(.endpoints, old) }
            return nil
        }
        guard service.at("spec", "selector")?.objectValue?.isEmpty == false else { return nil }
        let labels = (service.at("spec", "selector")?.objectValue ?? [:]).compactMapValues(\.stringValue)
        let chosen = world.store.all(.pods, in: key.namespace, matching: LabelSelector(matchLabels: labels))
        let pods = chosen.filter { !$0.isFinished && $0.at("status", "podIP") != nil }
        let publishes = service.at("spec", "publishNotReadyAddresses")?.boolValue ?? false
        let subsets = Self.subsets(service, pods.filter { !$0.isBeingDeleted }, publishes)
        writeEndpoints(service, subsets, &world)
        writeSlice(service, pods.filter { !$0.isBeingDeleted }, publishes, &world)
        return nil
    }

    /// One subset a set of resolved ports: named target ports may differ from pod to pod.
    private static func subsets(_ service: JSONValue, _ pods: [JSONValue], _ publishes: Bool) -> JSONValue {
        var groups: [[Int]: (ready: [JSONValue], unready: [JSONValue])] = [:]
        let ports = service.at("spec", "ports")?.arrayValue ?? []
        for pod in pods {
            let numbers = ports.map { number($0, in: pod) }
            guard numbers.contains(where: { $0 != nil }) || ports.isEmpty else { continue }
            let key = numbers.map { $0 ?? 0 }
            if pod.isReady || publishes {
                groups[key, default: ([], [])].ready.append(address(of: pod))
            } else {
                groups[key, default: ([], [])].unready.append(address(of: pod))
            }
        }
        return .array(
            groups.keys.sorted { $0.lexicographicallyPrecedes($1) }.map { key in
                var subset: JSONValue = [
                    "ports": .array(
                        zip(ports, key).filter { $0.1 != 0 }.map { port, number in
                            var value: JSONValue = [
                                "port": .integer(number), "protocol": port["protocol"] ?? "TCP",
                            ]
                            if let name = port["name"] { value["name"] = name }
                            return value
                        })
                ]
                if let ready = groups[key]?.ready, !ready.isEmpty { subset["addresses"] = .array(ready) }
                if let unready = groups[key]?.unready, !unready.isEmpty {
                    subset["notReadyAddresses"] = .array(unready)
                }
                return subset
            })
    }

    /// The pod's number of a Service's port; nil for a name that the pod does not declare.
    static func number(_ port: JSONValue, in pod: JSONValue) -> Int? {
        let target = port["targetPort"] ?? port["port"]
        if let number = target?.intValue { return number }
        guard let name = target?.stringValue else { return nil }
        let ports = (pod.at("spec", "containers")?.arrayValue ?? []).flatMap { $0["ports"]?.arrayValue ?? [] }
        return ports.first { $0["name"]?.stringValue == name }?["containerPort"]?.intValue
    }

    private static func address(of pod: JSONValue) -> JSONValue {
        var value: JSONValue = ["ip": pod.at("status", "podIP") ?? "", "targetRef": reference(to: pod)]
        if let node = pod.at("spec", "nodeName") { value["nodeName"] = node }
        return value
    }

    private static func reference(to pod: JSONValue) -> JSONValue {
        [
            "kind": "Pod", "namespace": .string(pod.namespace ?? ""), "name": .string(pod.name),
            "uid": .string(pod.uid),
        ]
    }

    private func writeEndpoints(_ service: JSONValue, _ subsets: JSONValue, _ world: inout World) {
        if let old = world.find(.endpoints, service.namespace, service.name) {
            guard old["subsets"] ?? [] != subsets else { return }
            world.edit(.endpoints, old, as: "kube-controller-manager") { object in
                object.put(subsets == [] ? JSONValue?.none : subsets, at: "subsets")
            }
            return
        }
        var object: JSONValue = ["apiVersion": "v1", "kind": "Endpoints", "metadata": metadata(service)]
        if subsets != [] { object["subsets"] = subsets }
        _ = world.add(.endpoints, object, as: "kube-controller-manager")
    }

    private func metadata(_ service: JSONValue) -> JSONValue {
        var value: JSONValue = ["name": .string(service.name), "namespace": .string(service.namespace ?? "")]
        if let labels = service.at("metadata", "labels") { value["labels"] = labels }
        return value
    }

    private func writeSlice(_ service: JSONValue, _ pods: [JSONValue], _ publishes: Bool, _ world: inout World) {
        let endpoints: [JSONValue] = pods.map { pod in
            [
                "addresses": [pod.at("status", "podIP") ?? ""], "nodeName": pod.at("spec", "nodeName") ?? "",
                "conditions": ["ready": .bool(pod.isReady || publishes)], "targetRef": Self.reference(to: pod),
            ]
        }
        let ports: [JSONValue] = (service.at("spec", "ports")?.arrayValue ?? []).compactMap { port in
            guard let number = pods.first.flatMap({ Self.number(port, in: $0) }) else { return nil }
            return ["name": port["name"] ?? "", "port": .integer(number), "protocol": port["protocol"] ?? "TCP"]
        }
        let name = "\(service.name)-\(TemplateHash.text(of: .string(service.uid)).prefix(5))"
        if let old = world.find(Self.slices, service.namespace, name) {
            guard old["endpoints"] != .array(endpoints) || old["ports"] != .array(ports) else { return }
            world.edit(Self.slices, old, as: "kube-controller-manager") { object in
                object["endpoints"] = .array(endpoints)
                object["ports"] = .array(ports)
            }
            return
        }
        var own = metadata(service)
        own["name"] = .string(name)
        own.put(.string(service.name), at: "labels", "kubernetes.io/service-name")
        own.put("endpointslice-controller.k8s.io", at: "labels", "endpointslice.kubernetes.io/managed-by")
        own["ownerReferences"] = [PodMaker.reference(to: service, .services)]
        _ = world.add(
            Self.slices,
            [
                "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": own, "addressType": "IPv4",
                "endpoints": .array(endpoints), "ports": .array(ports),
            ], as: "kube-controller-manager")
    }
}
