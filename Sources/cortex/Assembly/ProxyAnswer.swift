import Diagnosis
import FoundationEssentials
import JSON

/// What the API server says of a service that it could not reach on somebody's behalf.
enum ProxyAnswer {
    /// - Returns: nil when the body is the service's own.
    static func kind(of body: Data) -> ServiceAnswer? {
        // A body that is not JSON is the service's own.
        guard let status = try? JSONCoding.decode(JSONValue.self, from: body), status["kind"]?.stringValue == "Status"
        else { return nil }
        let message = status["message"]?.stringValue ?? "no reason given"
        let words: [(ServiceAnswer.Kind, String)] = [
            (.connectionRefused, "refused"), (.unreachable, "dial tcp"), (.unreachable, "no endpoints"),
            (.timeout, "timeout"),
            (.timeout, "deadline"), (.nameNotFound, "not found"), (.ok, "malformed HTTP"), (.connectionReset, "reset"),
            (.connectionReset, "EOF"),
        ]
        let kind = words.first { message.contains($0.1) }?.0 ?? .serverError
        return ServiceAnswer(kind: kind, message: message)
    }
}
