import Kubernetes

extension Probe {
    /// `GET /health on mcp`, `TCP on 3000`, `exec cat`.
    var words: String {
        if let httpGet {
            let scheme = httpGet.scheme.map { $0 == "HTTP" ? "" : "\($0) " } ?? ""
            return "\(scheme)GET \(httpGet.path ?? "/") on \(httpGet.port)"
        }
        if let tcpSocket { return "TCP on \(tcpSocket.port)" }
        if let grpc { return "gRPC on \(grpc.port)" }
        return "exec \(Redaction.line((exec?.command ?? []).joined(separator: " "), limit: 60))"
    }

    /// The port it knocks at; nil for a command.
    var port: IntOrString? { httpGet?.port ?? tcpSocket?.port ?? grpc.map { .int($0.port) } }
}

extension Container {
    /// The number of a port given by name or number; nil when no port of the container has that name.
    func number(of port: IntOrString) -> Int? {
        switch port {
        case .int(let number): number
        case .string(let name): (ports ?? []).first { $0.name == name }?.containerPort
        }
    }
}
