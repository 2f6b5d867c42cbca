import FoundationEssentials
import JSON
import Kubernetes

/// Leases as the API keeps them: a name once, and a change only of the state that it names.
struct FakeLeases {
    private var objects: [String: JSONValue] = [:]
    private var version = 0

    var holders: [String: String] {
        objects.compactMapValues { $0["spec"]?["holderIdentity"]?.stringValue }.filter { !$0.value.isEmpty }
    }

    mutating func put(_ name: String, _ holder: String, _ renewed: Date) {
        keep(
            name,
            [
                "metadata": ["name": .string(name), "uid": .string("\(name)-put")],
                "spec": [
                    "holderIdentity": .string(holder), "leaseDurationSeconds": 15,
                    "renewTime": .string(RFC3339.microTime(from: renewed)),
                ],
            ])
    }

    mutating func answer(_ request: APIRequest) throws(APIError) -> Data {
        let body = request.body.map(FakeCluster.decode)
        let name = request.name ?? body?["metadata"]?["name"]?.stringValue ?? ""
        switch (request.verb, objects[name]) {
        case (.create, nil):
            var object = body ?? [:]
            object["metadata"]?["uid"] = .string("\(name)-\(version)")
            keep(name, object)
        case (.create, .some): throw Self.refusal(409, "AlreadyExists")
        case (_, nil): throw Self.refusal(404, "NotFound")
        case (.patch, .some(var object)):
            try Self.check(body?["metadata"]?["resourceVersion"], object)
            for (field, value) in body?["spec"]?.objectValue ?? [:] { object["spec"]?[field] = value }
            keep(name, object)
        case (.delete, .some(let object)):
            try Self.check(body?["preconditions"]?["resourceVersion"], object)
            objects[name] = nil
            return FakeCluster.encode([:])
        default: break
        }
        return FakeCluster.encode(objects[name] ?? [:])
    }

    private mutating func keep(_ name: String, _ object: JSONValue) {
        version += 1
        var object = object
        object["metadata"]?["resourceVersion"] = .string("\(version)")
        objects[name] = object
    }

    private static func check(_ wanted: JSONValue?, _ object: JSONValue) throws(APIError) {
        guard let wanted, wanted == object["metadata"]?["resourceVersion"] else { throw refusal(409, "Conflict") }
    }

    private static func refusal(_ code: Int, _ reason: String) -> APIError {
        .status(APIStatus(code: code, reason: reason, message: reason))
    }
}
