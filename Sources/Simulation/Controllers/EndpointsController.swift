import JSON
import Kubernetes

/// Keeps the Endpoints and the EndpointSlice of every Service with a selector.
/// Source: pkg/controller/endpoint of Kubernetes.
struct EndpointsController: KeyedController {
    static let slices = Resource(group: "discovery.k8s.io", plural: "endpointslices", kind: "EndpointSlice")

    func keys(of change: StoreChange, _ world: World) -> [ObjectKey] {
        switch change.resource.kind {
        case "Service": return [ObjectKey(change.object)]
        case "Pod":
            let labels = change.object.labels
            return world.all(.services, in: change.object.namespace).filter { service in
                Self.selects(service, labels) || change.oldLabels.map { Self.selects(service, $0) } ?? false
            }.map { ObjectKey($0) }
        default: return []
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
                object["subsets"] = subsets == [] ? nil : subsets
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
