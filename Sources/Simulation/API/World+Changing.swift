import JSON
import Kubernetes

/// Create, update and patch.
extension World {
    mutating func create(_ call: APICall, _ address: APIAddress, _ user: APIUser) throws(APIStatus) -> JSONValue {
        guard address.name == nil else { throw Refusals.methodNotAllowed() }
        let object = try incoming(try call.object(), address, isStrict: call["fieldValidation"] == "Strict")
        return try create(object, call, address)
    }

    private mutating func create(
        _ object: JSONValue, _ call: APICall, _ address: APIAddress, operation: String = "Update"
    ) throws(APIStatus) -> JSONValue {
        let writer = Writer(
            call.fieldManager, at: epoch + seconds, operation: operation, apiVersion: address.apiVersion)
        guard !call.isTrial else {
            var copy = self
            return try copy.make(address.type, object, by: writer)
        }
        return try make(address.type, object, by: writer)
    }

    /// Defaults, admission, validation, store: the way of every new object.
    mutating func make(
        _ type: ResourceType, _ object: JSONValue, by writer: Writer, keepsStatus: Bool = false
    ) throws(APIStatus) -> JSONValue {
        var object = Versions.inward(object, type)
        object["apiVersion"] = nil
        object["kind"] = nil
        if !keepsStatus { object["status"] = nil }
        Defaults.set(type, &object)
        var named = object
        if named.name.isEmpty, let prefix = object.at("metadata", "generateName") {
            named.put(prefix, at: "metadata", "name")
        }
        if named.name.hasSuffix("-") { named.put(.string(named.name + "x"), at: "metadata", "name") }
        if named.name.isEmpty { throw Refusals.nameless(type) }
        if store.find(type, ObjectKey(object)) != nil { throw Refusals.alreadyExists(type, object.name) }
        try Admission.admit(type, &object, &self)
        var checked = object
        checked.put(.string(named.name), at: "metadata", "name")
        try Validation.check(type, checked, old: nil)
        // A Job's is in its selector already; whatever a client says is not taken.
        let uid = type.kind == "Job" ? object.at("metadata", "uid")?.stringValue : nil
        let made = try store.create(type.resource, object, by: writer, keepsStatus: keepsStatus, uid: uid)
        if type.kind == "Namespace" { furnish(made.name) }
        return made
    }

    /// What the controllers put into every new namespace.
    private mutating func furnish(_ namespace: String) {
        let writer = Writer("kube-controller-manager", at: epoch + seconds)
        let account: JSONValue = ["metadata": ["name": "default", "namespace": .string(namespace)]]
        let roots: JSONValue = [
            "metadata": ["name": "kube-root-ca.crt", "namespace": .string(namespace)], "data": ["ca.crt": "-"],
        ]
        do {
            _ = try store.create(Resource.serviceAccounts, account, by: writer)
            _ = try store.create(.configMaps, roots, by: writer)
        } catch {
            // They are there already: left by a namespace that was restored.
            return
        }
    }

    mutating func update(_ call: APICall, _ address: APIAddress, _ user: APIUser) throws(APIStatus) -> JSONValue {
        let object = try incoming(try call.object(), address)
        try checkName(object, address)
        if store.find(address.type.resource, address.namespace, object.name) == nil {
            throw Refusals.notFound(address.type, object.name)
        }
        return try write(object, call, address, operation: "Update")
    }

    private func checkName(_ object: JSONValue, _ address: APIAddress) throws(APIStatus) {
        guard object.name != address.name else { return }
        throw Refusals.badRequest(
            "the name of the object (\(object.name)) does not match the name on the URL (\(address.name ?? ""))")
    }

    /// Stores the next state of an object that exists.
    mutating func write(
        _ object: JSONValue, _ call: APICall, _ address: APIAddress, operation: String
    ) throws(APIStatus) -> JSONValue {
        let type = address.type
        let old = try get(address)
        try checkName(object, address)
        if (object.at("metadata", "resourceVersion")?.stringValue ?? "").isEmpty, type.needsVersion {
            throw Refusals.versionless(type, object.name)
        }
        let isStatus = address.subresource == "status"
        var new = Versions.inward(object, type)
        new["apiVersion"] = nil
        new["kind"] = nil
        if !isStatus {
            keepAllocated(&new, old, type)
            Defaults.set(type, &new)
            try Validation.check(type, new, old: old)
            try Admission.callWebhooks(type, new, "UPDATE", self)
        }
        let writer = Writer(
            call.fieldManager, at: epoch + seconds, operation: operation, subresource: address.subresource,
            apiVersion: address.apiVersion)
        guard !call.isTrial else {
            var copy = store
            return try copy.update(type.resource, new, by: writer, isStatus: isStatus)
        }
        return try store.update(type.resource, new, by: writer, isStatus: isStatus)
    }

    /// What the server allocated stays when a client leaves it out.
    private func keepAllocated(_ new: inout JSONValue, _ old: JSONValue, _ type: ResourceType) {
        guard type.kind == "Service" else { return }
        for field in ["clusterIP", "clusterIPs"] where new.at("spec", field) == nil {
            new.put(old.at("spec", field), at: "spec", field)
        }
    }

    mutating func patch(_ call: APICall, _ address: APIAddress, _ user: APIUser) throws(APIStatus) -> APIAnswer {
        let media = String(call.contentType.prefix { $0 != ";" })
        guard let kind = APIRequest.Patch(rawValue: media) else {
            throw APIStatus(
                code: 415, reason: "UnsupportedMediaType",
                message: "415: Unsupported Media Type", details: .init())
        }
        let change = try call.object()
        if kind != .json, change.objectValue == nil {
            throw Refusals.invalidPatch(
                change,
                "couldn't get version/kind; json parse error: json: cannot unmarshal \(Schema.kind(of: change)) into "
                    + "Go value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string "
                    + "\"json:\\\"kind,omitempty\\\"\" }")
        }
        if kind == .apply { return try serverSideApply(change, call, address) }
        let old = Versions.outward(try get(address), address.type, address.version)
        var new: JSONValue =
            switch kind {
            case .json: try JSONPatch.apply(change, to: old)
            case .merge: Patches.merge(change, into: old)
            default: try Patches.strategicMerge(change, into: old)
            }
        if kind != .json, change.at("metadata", "resourceVersion") == nil {
            // A patch without a version holds for whatever is there.
            new.put(old.at("metadata", "resourceVersion"), at: "metadata", "resourceVersion")
        }
        return .value(
            200,
            try presented(
                write(
                    incoming(new, address, isStrict: call["fieldValidation"] == "Strict", isPatched: true), call,
                    address,
                    operation: "Update"), call, address))
    }

    private mutating func serverSideApply(
        _ applied: JSONValue, _ call: APICall, _ address: APIAddress
    ) throws(APIStatus) -> APIAnswer {
        guard let manager = call["fieldManager"] else {
            throw APIStatus(
                code: 422, reason: "Invalid",
                message:
                    "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply "
                    + "patch", details: .init())
        }
        let applied = try incoming(applied, address)
        let isForced = call.isSet("force")
        let writer = Writer(
            manager, at: epoch + seconds, operation: "Apply", subresource: address.subresource,
            apiVersion: address.apiVersion)
        guard let old = store.find(address.type.resource, address.namespace, address.name ?? "") else {
            return .value(201, try presented(create(applied, call, address, operation: "Apply"), call, address))
        }
        let live = Versions.outward(old, address.type, address.version)
        let new = try ServerSideApply.apply(applied, to: live, by: writer, isForced: isForced)
        var written = try write(new, call, address, operation: "Apply")
        if !call.isTrial {
            ServerSideApply.record(applied, &written, by: writer, isForced: isForced)
            if written.at("metadata", "managedFields")
                != store.find(address.type, ObjectKey(written))?
                .at("metadata", "managedFields")
            {
                written = store.write(address.type, written)
            }
        }
        return .value(200, try presented(written, call, address))
    }

    /// A body that belongs to its address. - Throws: 400 in the server's words.
    func incoming(
        _ object: JSONValue, _ address: APIAddress, isStrict: Bool = false, isPatched: Bool = false
    ) throws(APIStatus) -> JSONValue {
        var object = object.withoutNulls
        guard object.objectValue != nil else {
            throw Refusals.badRequest("json: cannot unmarshal \(GoText.of(object)) into Go value")
        }
        let kind = object["kind"]?.stringValue ?? address.type.kind
        let version = object["apiVersion"]?.stringValue ?? address.apiVersion
        let place = "\(kind) in version \"\(version.split(separator: "/").last ?? "")\" cannot be handled as a "
        let subject = "\(place)\(address.type.kind): "
        guard let given = ResourceType.of(apiVersion: version, kind: kind) else {
            throw Refusals.badRequest(
                subject
                    + "no kind \"\(kind)\" is registered for version \"\(version)\" in scheme "
                    + "\"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30\"")
        }
        guard kind == address.type.kind else {
            let own = address.type.resource.group.isEmpty ? "core" : address.type.resource.group
            throw Refusals.badRequest(
                subject + "converting (\(given.resource.version).\(kind)) to "
                    + "(\(own.prefix { $0 != "." }).\(address.type.kind)): unknown conversion")
        }
        guard version == address.apiVersion else {
            throw Refusals.badRequest(
                "the API version in the data (\(version)) does not match the expected API version "
                    + "(\(address.apiVersion))")
        }
        if let objection = Schema.objection(object, address.type, isStrict: isStrict) {
            throw isPatched ? Refusals.invalidPatch(object, objection) : Refusals.badRequest(subject + objection)
        }
        if object["metadata"] == nil { object["metadata"] = [:] }
        guard address.type.resource.isNamespaced else {
            object.put(nil, at: "metadata", "namespace")
            return object
        }
        let namespace = object.namespace ?? ""
        guard namespace.isEmpty || namespace == address.namespace else {
            throw Refusals.badRequest(
                "the namespace of the provided object does not match the namespace sent on the request")
        }
        object.put(.string(address.namespace ?? "default"), at: "metadata", "namespace")
        return object
    }
}
