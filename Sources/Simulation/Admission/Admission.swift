import JSON
import Kubernetes

/// What stands between a valid object and the store. Source: plugin/pkg/admission of Kubernetes.
enum Admission {
    /// - Throws: 403 or 500 in the server's words.
    static func admit(_ type: ResourceType, _ object: inout JSONValue, _ world: inout World) throws(APIStatus) {
        let namespace = object.namespace ?? ""
        if type.resource.isNamespaced { try checkNamespace(type, object, world) }
        if type.kind == "Pod" { try checkAccount(&object, world) }
        name(&object, &world)
        if type.kind == "Pod" {
            try limit(&object, namespace, world)
            pod(&object)
        }
        if type.kind == "Namespace" {
            object.put(.string(object.name), at: "metadata", "labels", "kubernetes.io/metadata.name")
        }
        if type.kind == "Service" { try allocate(&object, &world) }
        if type.kind == "Job" { job(&object, &world) }
        try callWebhooks(type, object, "CREATE", world)
        try Quotas.check(type, object, world)
    }

    /// A name is made up before the object is checked, so that refusals can name it.
    private static func name(_ object: inout JSONValue, _ world: inout World) {
        guard object.name.isEmpty, let prefix = object.at("metadata", "generateName")?.stringValue, !prefix.isEmpty
        else { return }
        object.put(.string(String(prefix.prefix(58)) + world.store.newSuffix()), at: "metadata", "name")
    }

    private static func checkNamespace(
        _ type: ResourceType, _ object: JSONValue, _ world: World
    ) throws(APIStatus) {
        let name = object.namespace ?? ""
        guard let space = world.find(.namespaces, nil, name) else {
            throw APIStatus(
                code: 404, reason: "NotFound", message: "namespaces \"\(name)\" not found",
                details: .init(name: name, kind: "namespaces"))
        }
        // Events may still tell of what happens to the rest.
        guard space.isBeingDeleted, type.kind != "Event" else { return }
        var refusal = Refusals.forbidden(
            type, object.name, "unable to create new content in namespace \(name) because it is being terminated")
        refusal.details?.causes = [
            .init(
                reason: "NamespaceTerminating", message: "namespace \(name) is being terminated",
                field: "metadata.namespace")
        ]
        throw refusal
    }

    private static func checkAccount(_ pod: inout JSONValue, _ world: World) throws(APIStatus) {
        guard let type = ResourceType.of(.pods) else { return }
        let name = pod.at("spec", "serviceAccountName")?.stringValue ?? "default"
        pod.put(.string(name), at: "spec", "serviceAccountName")
        pod.put(.string(name), at: "spec", "serviceAccount")
        let accounts = Resource.serviceAccounts
        guard world.find(accounts, pod.namespace, name) == nil else { return }
        throw Refusals.forbidden(
            type, pod.name.isEmpty ? pod.at("metadata", "generateName")?.stringValue ?? "" : pod.name,
            "error looking up service account \(pod.namespace ?? "")/\(name): serviceaccount \"\(name)\" not found")
    }

    /// What priority and toleration admission put into every pod.
    private static func pod(_ pod: inout JSONValue) {
        if pod.at("spec", "priority") == nil { pod.put(0, at: "spec", "priority") }
        if pod.at("spec", "preemptionPolicy") == nil { pod.put("PreemptLowerPriority", at: "spec", "preemptionPolicy") }
        if pod.at("spec", "enableServiceLinks") == nil { pod.put(true, at: "spec", "enableServiceLinks") }
        var tolerations = pod.at("spec", "tolerations")?.arrayValue ?? []
        for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
            let isThere = tolerations.contains {
                ($0["key"] == .string(key) || $0["key"] == nil && $0["operator"] == "Exists")
                    && ($0["effect"] == "NoExecute" || $0["effect"] == nil)
            }
            guard !isThere else { continue }
            tolerations.append(
                ["key": .string(key), "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300])
        }
        pod.put(.array(tolerations), at: "spec", "tolerations")
    }

    /// A Job finds its pods by its UID. Source: `generateSelector` in pkg/registry/batch/job/strategy.go.
    private static func job(_ job: inout JSONValue, _ world: inout World) {
        // Every Job is given its own, whatever a client says.
        let uid = world.store.newUID()
        job.put(.string(uid), at: "metadata", "uid")
        guard job.at("spec", "manualSelector") != true else { return }
        for (key, value) in [("controller-uid", uid), ("job-name", job.name)] {
            job.put(.string(value), at: "spec", "template", "metadata", "labels", key)
            job.put(.string(value), at: "spec", "template", "metadata", "labels", "batch.kubernetes.io/" + key)
        }
        job.put(["matchLabels": ["batch.kubernetes.io/controller-uid": .string(uid)]], at: "spec", "selector")
    }

    /// A cluster address for a Service that wants one.
    private static func allocate(_ service: inout JSONValue, _ world: inout World) throws(APIStatus) {
        guard service.at("spec", "type") != "ExternalName" else { return }
        if (service.at("spec", "clusterIP")?.stringValue ?? "").isEmpty {
            world.api.nextClusterAddress += 1
            let number = world.api.nextClusterAddress
            service.put(.string("10.43.\(number / 250 % 250).\(number % 250 + 2)"), at: "spec", "clusterIP")
        }
        if let address = service.at("spec", "clusterIP") { service.put([address], at: "spec", "clusterIPs") }
        guard ["NodePort", "LoadBalancer"].contains(service.at("spec", "type")?.stringValue) else { return }
        let ports = (service.at("spec", "ports")?.arrayValue ?? []).map { port -> JSONValue in
            guard port["nodePort"] == nil else { return port }
            var port = port
            world.api.nextNodePort += 1
            port["nodePort"] = .integer(30_000 + world.api.nextNodePort % 2768)
            return port
        }
        service.put(.array(ports), at: "spec", "ports")
    }

    // MARK: Limit ranges

    private static func limit(_ pod: inout JSONValue, _ namespace: String, _ world: World) throws(APIStatus) {
        guard let type = ResourceType.of(.pods) else { return }
        let ranges = world.all(Resource.limitRanges, in: namespace)
        let limits = ranges.flatMap { $0.at("spec", "limits")?.arrayValue ?? [] }.filter { $0["type"] == "Container" }
        guard !limits.isEmpty else { return }
        var words: [String] = []
        for list in ["containers", "initContainers"] {
            guard var containers = pod.at("spec", list)?.arrayValue else { continue }
            for index in containers.indices {
                for limit in limits { fill(&containers[index], limit) }
                for limit in limits { words += objections(containers[index], limit) }
            }
            pod.put(.array(containers), at: "spec", list)
        }
        guard !words.isEmpty else { return }
        let text = words.count == 1 ? words[0] : "[\(words.joined(separator: ", "))]"
        throw Refusals.forbidden(type, pod.name, text)
    }

    private static func fill(_ container: inout JSONValue, _ limit: JSONValue) {
        for (name, value) in limit["default"]?.objectValue ?? [:]
        where container.at("resources", "limits", name) == nil {
            container.put(value, at: "resources", "limits", name)
        }
        for (name, value) in (limit["defaultRequest"] ?? limit["default"])?.objectValue ?? [:]
        where container.at("resources", "requests", name) == nil {
            container.put(container.at("resources", "limits", name) ?? value, at: "resources", "requests", name)
        }
    }

    private static func objections(_ container: JSONValue, _ limit: JSONValue) -> [String] {
        var words: [String] = []
        for (name, most) in (limit["max"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let value = container.at("resources", "limits", name) else {
                words.append("maximum \(name) usage per Container is \(text(most)).  No limit is specified")
                continue
            }
            if let own = Amount.of(value), let bound = Amount.of(most), own > bound {
                words.append("maximum \(name) usage per Container is \(text(most)), but limit is \(text(value))")
            }
        }
        for (name, least) in (limit["min"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let value = container.at("resources", "requests", name) else {
                words.append("minimum \(name) usage per Container is \(text(least)).  No request is specified")
                continue
            }
            if let own = Amount.of(value), let bound = Amount.of(least), own < bound {
                words.append("minimum \(name) usage per Container is \(text(least)), but request is \(text(value))")
            }
        }
        return words
    }

    private static func text(_ amount: JSONValue) -> String { amount.stringValue ?? GoText.of(amount) }
}
