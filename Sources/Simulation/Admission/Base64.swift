import FoundationEssentials

/// Secrets' data, and the parts of tokens.
enum Base64 {
    static func text(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// As a URL may carry it, without padding.
    /// Source: RFC 7515, section 2
    static func urlText(_ bytes: [UInt8]) -> String {
        String(text(bytes).filter { $0 != "=" }.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
    }
}
