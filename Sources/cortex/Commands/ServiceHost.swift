/// Names in a URL as cluster DNS has them.
enum ServiceHost {
    /// `cortex-system` of `http://sandfly-mcp-server.cortex-system.svc.cluster.local:3000/mcp`.
    static func namespace(of url: String) -> String? {
        guard let start = url.firstRange(of: "://")?.upperBound else { return nil }
        let host = url[start...].prefix { $0 != "/" && $0 != ":" }
        let labels = host.split(separator: ".")
        return labels.count > 2 && labels[2] == "svc" || labels.count == 2 ? String(labels[1]) : nil
    }
}
