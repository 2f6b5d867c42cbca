import Dispatch
import Glibc
import JSON
import Simulation

/// What was asked of the API server, one line of JSON a request, at the level `Metadata`.
/// Source: https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
public final class AuditLog: Sendable {
    /// One request, and what became of it.
    struct Entry: Sendable {
        var request: AuditedRequest
        var user: APIUser
        var uri: String
        var userAgent: String
        var code: Int
        /// A watch is told of when it begins.
        var isOpen: Bool
        var receivedAt: String
        var stampedAt: String
    }

    private let queue = DispatchQueue(label: "audit-log")
    private let descriptor: Int32

    /// Appends to what is in the file.
    /// - Returns: nil when it cannot be opened.
    public init?(path: String) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// Returns once it is written: whoever has the answer to a request finds the request in the log.
    func append(_ entry: Entry) async {
        let bytes = Self.line(entry).rendered + [10]
        await withCheckedContinuation { continuation in
            queue.async { [descriptor] in
                // A full disk loses lines of the log and nothing else.
                _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                continuation.resume()
            }
        }
    }

    private static func line(_ entry: Entry) -> JSONValue {
        let request = entry.request
        var target: JSONValue = ["resource": .string(request.resource), "apiVersion": .string(request.version)]
        for (field, text) in [
            ("apiGroup", request.group), ("namespace", request.namespace), ("name", request.name),
            ("subresource", request.subresource),
        ] where !text.isEmpty {
            target[field] = .string(text)
        }
        return [
            "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata",
            "stage": entry.isOpen ? "ResponseStarted" : "ResponseComplete", "requestURI": .string(entry.uri),
            "verb": .string(request.verb),
            "user": ["username": .string(entry.user.name), "groups": .array(entry.user.groups.map(JSONValue.string))],
            "userAgent": .string(entry.userAgent), "objectRef": target,
            "responseStatus": ["metadata": [:], "code": .integer(Int64(entry.code))],
            "requestReceivedTimestamp": .string(entry.receivedAt), "stageTimestamp": .string(entry.stampedAt),
        ]
    }
}
