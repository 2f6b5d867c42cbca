public import JSON
import Kubernetes

/// What the API server answers.
public enum APIAnswer: Sendable {
    case value(Int, JSONValue)
    case text(Int, String)
    /// The connection stays open; `World.next` says what to send.
    case watch(WatchCursor)
    case log(LogCursor)
    /// A request through the API server to a Service or a pod.
    case proxy(ProxyTarget)

    static func refused(_ status: APIStatus) -> APIAnswer { .value(status.code, status.object) }

    /// The HTTP status; 200 for what stays open.
    public var code: Int {
        switch self {
        case .value(let code, _), .text(let code, _): code
        case .watch, .log, .proxy: 200
        }
    }

    public var object: JSONValue? { if case .value(_, let object) = self { object } else { nil } }
}

/// Where a proxied request goes.
public struct ProxyTarget: Hashable, Sendable {
    public enum Kind: String, Sendable { case service, pod, node }
    public var kind: Kind
    public var namespace: String
    public var name: String
    /// A number or a port's name; empty for the only one.
    public var port: String
    public var path: String
}

extension APIStatus {
    /// As the server sends it.
    var object: JSONValue {
        var object: JSONValue = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "code": .integer(code),
        ]
        object["message"] = message.map(JSONValue.string)
        object["reason"] = reason.map(JSONValue.string)
        guard let details else { return object }
        var own: JSONValue = [:]
        own["name"] = details.name.flatMap { $0.isEmpty ? nil : .string($0) }
        own["group"] = details.group.map(JSONValue.string)
        own["kind"] = details.kind.map(JSONValue.string)
        own["retryAfterSeconds"] = details.retryAfterSeconds.map { JSONValue.integer($0) }
        own["causes"] = details.causes.map { causes in
            .array(
                causes.map { cause in
                    var value: JSONValue = [:]
                    value["reason"] = cause.reason.map(JSONValue.string)
                    value["message"] = cause.message.map(JSONValue.string)
                    value["field"] = cause.field.map(JSONValue.string)
                    return value
                })
        }
        object["details"] = own
        return object
    }
}
