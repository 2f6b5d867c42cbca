import FoundationEssentials

/// Secrets' data, and the parts of tokens.
enum Base64 {
    static func text(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// Where a text ceases to be base64; nil for one that is base64 throughout.
    static func firstOddByte(_ text: String) -> Int? {
        guard Data(base64Encoded: text) == nil else { return nil }
        let odd = text.utf8.enumerated().first { _, byte in
            !((97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
                || [43, 47, 61].contains(byte))
        }
        return odd?.offset ?? text.utf8.count / 4 * 4
    }

    /// As a URL may carry it, without padding.
    /// Source: RFC 7515, section 2
    static func urlText(_ bytes: [UInt8]) -> String {
        String(text(bytes).filter { $0 != "=" }.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
    }
}
