/// How much of `managedFields` an object keeps when it is decoded.
public enum Retention: Sendable, Hashable {
    /// Nothing: the default of watches and caches.
    case nothing
    /// Who wrote, how and when, without which fields.
    case managers
    /// All of it: what a guard needs to know who owns a field. The default of a single read.
    case everything

    static let key = CodingUserInfoKey(rawValue: "io.cortex.retention")

    init(_ decoder: any Decoder) {
        self = Self.key.flatMap { decoder.userInfo[$0] as? Retention } ?? .everything
    }

    /// For `JSONCoding.decode`.
    public var userInfo: [CodingUserInfoKey: any Sendable] {
        guard let key = Self.key else { return [:] }
        return [key: self]
    }
}
