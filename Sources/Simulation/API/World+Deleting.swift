import JSON
import Kubernetes

extension World {
    mutating func delete(_ call: APICall, _ address: APIAddress) throws(APIStatus) -> APIAnswer {
        let deletion = try Deletion(call)
        let type = address.type
        var copy = self
        let (object, isGone) =
            deletion.isTrial
            ? try copy.store.delete(
                type.resource, address.namespace, address.name ?? "", deletion, at: epoch + seconds)
            : try store.delete(type.resource, address.namespace, address.name ?? "", deletion, at: epoch + seconds)
        // Pods, namespaces and what has finalizers come back as objects; what is gone as a success.
        if !isGone || type.kind == "Pod" { return .value(200, try presented(object, call, address)) }
        return .value(
            200,
            [
                "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success",
                "details": details(of: object, type),
            ])
    }

    private func details(of object: JSONValue, _ type: ResourceType) -> JSONValue {
        var details: JSONValue = [
            "name": .string(object.name), "kind": .string(type.resource.plural), "uid": .string(object.uid),
        ]
        if !type.resource.group.isEmpty { details["group"] = .string(type.resource.group) }
        return details
    }

    mutating func deleteCollection(_ call: APICall, _ address: APIAddress) throws(APIStatus) -> JSONValue {
        let selection = try Selection(call, address)
        let deletion = try Deletion(call)
        var items: [JSONValue] = []
        for key in selection.keys(address, store) {
            guard let object = store.find(address.type, key), selection.matches(object) else { continue }
            items.append(Versions.outward(object, address.type, address.version, inList: true))
            guard !deletion.isTrial else { continue }
            try store.delete(address.type.resource, key.namespace, key.name, deletion, at: epoch + seconds)
        }
        return [
            "kind": .string(address.type.kind + "List"), "apiVersion": .string(address.apiVersion),
            "metadata": ["resourceVersion": .string(String(store.revision))], "items": .array(items),
        ]
    }
}

extension Deletion {
    /// From the body (`DeleteOptions`) and the query.
    init(_ call: APICall) throws(APIStatus) {
        let body = call.body.isEmpty ? JSONValue.object([:]) : try call.object()
        self.init(body)
        if let text = call["gracePeriodSeconds"] { gracePeriodSeconds = Int(text) }
        if let text = call["propagationPolicy"] { propagation = text }
        isTrial = isTrial || call.isTrial
        try APICall.checkTrial((body["dryRun"]?.arrayValue ?? []).compactMap(\.stringValue), "DeleteOptions")
        if let propagation, !["Foreground", "Background", "Orphan"].contains(propagation) {
            throw Refusals.invalidOptions(
                "DeleteOptions",
                .init(
                    reason: "FieldValueNotSupported",
                    message: "Unsupported value: \"\(propagation)\": supported values: \"Foreground\", \"Background\", "
                        + "\"Orphan\", \"nil\"", field: "propagationPolicy"))
        }
    }

    init(_ options: JSONValue) {
        self.init(
            gracePeriodSeconds: options["gracePeriodSeconds"]?.intValue,
            propagation: options["propagationPolicy"]?.stringValue,
            uid: options.at("preconditions", "uid")?.stringValue,
            resourceVersion: options.at("preconditions", "resourceVersion")?.stringValue)
        isTrial = options["dryRun"]?.arrayValue?.isEmpty == false
        if options["orphanDependents"]?.boolValue == true { propagation = "Orphan" }
    }
}
