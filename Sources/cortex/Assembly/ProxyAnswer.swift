import Diagnosis
import FoundationEssentials
import Healing
import JSON

/// What the API server says of a service that it could not reach on somebody's behalf.
enum ProxyAnswer {
    /// - Returns: nil when the body is the service's own.
    static func kind(of body: Data) -> ServiceAnswer? {
        guard let message = message(of: body) else { return nil }
        let words: [(ServiceAnswer.Kind, String)] = [
            (.connectionRefused, "refused"), (.unreachable, "dial tcp"), (.unreachable, "no endpoints"),
            (.timeout, "timeout"),
            (.timeout, "deadline"), (.nameNotFound, "not found"), (.ok, "malformed HTTP"), (.connectionReset, "reset"),
            (.connectionReset, "EOF"),
        ]
        let kind = words.first { message.contains($0.1) }?.0 ?? .serverError
        return ServiceAnswer(kind: kind, message: message)
    }

    /// A 404 of the API server's own: there are no endpoints. It says so of the Service in some versions.
    /// - Returns: nil when it is the service that does not have the path, which is an answer.
    static func missing(_ body: Data) -> ServiceAnswer? {
        // A body that is not JSON is the service's own.
        guard let status = try? JSONCoding.decode(JSONValue.self, from: body), let message = message(of: body) else {
            return nil
        }
        let isOwn = ["endpoints", "services"].contains(status["details"]?["kind"]?.stringValue)
        return isOwn ? ServiceAnswer(kind: .unreachable, message: "nothing is behind it: \(message)") : nil
    }

    /// A 403 of the API server's own.
    /// - Returns: nil when it is the service that refuses, which is an answer.
    static func refusal(_ body: Data, namespace: String) -> ServiceAnswer? {
        guard let message = message(of: body), message.contains("services/proxy") else { return nil }
        return forbidden(message, namespace: namespace)
    }

    /// - Parameter message: the API server's, which names the verb.
    static func forbidden(_ message: String, namespace: String) -> ServiceAnswer {
        let verb = message.contains("cannot create") ? "create" : "get"
        let rule = MissingRule(verb: verb, resource: "services/proxy", group: "", namespace: namespace)
        return ServiceAnswer(kind: .forbidden, message: rule.notice)
    }

    private static func message(of body: Data) -> String? {
        // A body that is not JSON is the service's own.
        guard let status = try? JSONCoding.decode(JSONValue.self, from: body), status["kind"]?.stringValue == "Status"
        else { return nil }
        return status["message"]?.stringValue ?? "no reason given"
    }
}
