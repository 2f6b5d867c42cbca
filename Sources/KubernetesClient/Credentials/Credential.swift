public import FoundationEssentials

/// What one request shows of Cortex: a header, a client certificate, both or neither.
public struct Credential: Sendable, Hashable {
    /// The value of `Authorization`.
    public var authorization: String?
    public var clientCertificate: Data?
    public var clientKey: Data?

    static func bearer(_ token: String) -> Credential { Credential(authorization: "Bearer " + token) }

    static func basic(_ username: String, _ password: String) -> Credential {
        Credential(authorization: "Basic " + Data("\(username):\(password)".utf8).base64EncodedString())
    }

    /// Without the white space around it; nil when nothing is left, or when it could not stand in a header.
    static func cleaned(_ text: String) -> String? {
        var rest = Substring(text)
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        guard !rest.isEmpty, rest.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
        return String(rest)
    }
}
