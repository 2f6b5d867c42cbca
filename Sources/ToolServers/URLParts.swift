/// The parts of an absolute http or https URL, without judging more than Cortex needs.
struct URLParts: Hashable, Sendable {
    var scheme: String
    /// In lower case; an IPv6 address without its brackets.
    var host: String
    /// Nil when the URL names none.
    var explicitPort: Int?
    /// Path and query, percent-encoded as given; may be empty.
    var path: String

    var port: Int { explicitPort ?? (scheme == "https" ? 443 : 80) }

    /// - Returns: nil for anything but `http(s)://host[:port][/path]`, also with a user name in it.
    init?(_ url: String) {
        guard let separator = url.firstRange(of: "://") else { return nil }
        scheme = url[..<separator.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = url[separator.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        path = String(rest[authority.endIndex...])
        guard !authority.contains("@"), !path.contains(where: { $0.isWhitespace || $0.isNewline }) else { return nil }
        var hostText = authority
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            guard let port = Int(authority[authority.index(after: colon)...]), (1...65535).contains(port) else {
                return nil
            }
            explicitPort = port
            hostText = authority[..<colon]
        }
        if hostText.hasPrefix("["), hostText.hasSuffix("]") { hostText = hostText.dropFirst().dropLast() }
        host = hostText.lowercased()
        guard !host.isEmpty, host.allSatisfy({ $0.isLetter || $0.isNumber || ".-_:".contains($0) }) else { return nil }
    }

    var isAddress: Bool {
        host.contains(":") || host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { Int($0) != nil }
    }

    var origin: String {
        let shown = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(shown)" + (explicitPort.map { ":\($0)" } ?? "")
    }

    func with(path: String) -> String { origin + path }
}
