public import FoundationEssentials
import JSON

/// One line of a watch.
/// Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
public enum WatchEvent<Object: KubernetesObject>: Sendable, Hashable {
    case added(Object)
    case modified(Object)
    case deleted(Object)
    /// Nothing changed up to this resourceVersion.
    case bookmark(resourceVersion: String)
    /// The server cannot go on; 410 when the resourceVersion is too old.
    case error(APIStatus)

    /// From a line as the server sent it. - Throws: `APIError.invalidResponse`.
    public init(line: Data, retention: Retention = .nothing) throws(APIError) {
        do {
            self = try JSONCoding.decode(Envelope<Object>.self, from: line, userInfo: retention.userInfo).event
        } catch {
            throw .invalidResponse("a watch event of \(Object.resource.plural): \(error)")
        }
    }

    /// The object of a change; nil for a bookmark or an error.
    public var object: Object? {
        switch self {
        case .added(let object), .modified(let object), .deleted(let object): object
        case .bookmark, .error: nil
        }
    }
}

/// A bookmark's object has little more than its resourceVersion, so the type decides what is decoded.
private struct Envelope<Object: KubernetesObject>: Decodable {
    private enum Key: CodingKey { case type, object }
    private struct Bookmark: Decodable { var metadata: ObjectMeta }
    private struct Failure: Decodable {
        var code: Int?
        var reason: String?
        var message: String?
        var details: APIStatus.Details?
    }

    let event: WatchEvent<Object>

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        switch try container.decode(String.self, forKey: .type) {
        case "ADDED": event = .added(try container.decode(Object.self, forKey: .object))
        case "MODIFIED": event = .modified(try container.decode(Object.self, forKey: .object))
        case "DELETED": event = .deleted(try container.decode(Object.self, forKey: .object))
        case "BOOKMARK":
            let version = try container.decode(Bookmark.self, forKey: .object).metadata.resourceVersion
            event = .bookmark(resourceVersion: version ?? "")
        case "ERROR":
            let failure = try container.decode(Failure.self, forKey: .object)
            event = .error(
                APIStatus(
                    code: failure.code ?? 500, reason: failure.reason, message: failure.message,
                    details: failure.details))
        case let other:
            throw DecodingError.dataCorruptedError(
                forKey: .type, in: container, debugDescription: "unknown event type “\(other)”")
        }
    }
}
