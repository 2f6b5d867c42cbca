/// Names in a URL as cluster DNS has them.
enum ServiceHost {
    /// `cortex-system` of `http://sandfly-mcp-server.cortex-system.svc.cluster.local:3000/mcp`.
    static func namespace(of url: String) -> String? {
        guard let start = url.firstRange(of: "://")?.upperBound else { return nil }
        return namespace(ofHost: String(url[start...].prefix { $0 != "/" && $0 != ":" }))
    }

    /// `cortex-system` of `sandfly-mcp-server.cortex-system`, with or without what cluster DNS appends.
    static func namespace(ofHost host: String) -> String? {
        let labels = host.split(separator: ".")
        return labels.count > 2 && labels[2] == "svc" || labels.count == 2 ? String(labels[1]) : nil
    }

    /// The Service that a name as people give it means: its host name's first label.
    /// - Returns: nil where no Service can be called so: such a text goes into no command that a person copies.
    static func service(of name: String) -> String? {
        let label = name.prefix { $0 != "." }
        // Source: RFC 1123, as the API server checks names of Services.
        let isPlain = label.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        guard isPlain, (1...63).contains(label.utf8.count), label.first != "-", label.last != "-" else { return nil }
        let rest = name.dropFirst(label.count).utf8
        // A host name's further labels hold nothing else either.
        guard rest.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 46 }) else {
            return nil
        }
        return String(label)
    }
}
