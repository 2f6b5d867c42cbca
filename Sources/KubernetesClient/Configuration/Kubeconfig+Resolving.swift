internal import FoundationEssentials
import HTTPClient
import JSON

/// Reads a certificate or key file; tests give bytes without files.
typealias FileReader = (String) throws(LocalFileFailure) -> [UInt8]

extension Kubeconfig {
    /// One context with all that it names. - Parameter context: nil for the current one.
    func resolved(
        context wanted: String?, reading read: FileReader
    ) throws(ConfigurationFailure) -> ClusterConfiguration {
        let (name, context) = try find(wanted)
        guard let clusterName = context.cluster else { throw context.node.failure("names no cluster") }
        guard let cluster = clusters[clusterName] else {
            throw ConfigurationFailure(
                "kubeconfig \(context.node.file): \(context.node.path).cluster names “\(clusterName)”, which is not "
                    + "among clusters")
        }
        var user: User?
        if let userName = context.user {
            user = users[userName]
            guard user != nil else {
                throw ConfigurationFailure(
                    "kubeconfig \(context.node.file): \(context.node.path).user names “\(userName)”, which is not "
                        + "among users")
            }
        }
        let tls = try tls(of: cluster, user, reading: read)
        return ClusterConfiguration(
            server: try server(of: cluster), tls: tls, credentials: try credentials(of: user, cluster, tls),
            impersonation: user?.impersonation, proxy: try proxy(of: cluster), namespace: context.namespace,
            isInCluster: false, source: "\(source), context “\(name)”")
    }

    private func find(_ wanted: String?) throws(ConfigurationFailure) -> (String, Context) {
        let known = contexts.keys.sorted().prefix(20).joined(separator: ", ")
        let among = contexts.isEmpty ? "it has no contexts" : "there are: \(known)"
        guard let name = wanted ?? currentContext else {
            throw ConfigurationFailure("\(source): current-context is not set; name one with --context (\(among))")
        }
        guard let context = contexts[name] else {
            let field = wanted == nil ? "current-context names" : "--context names"
            throw ConfigurationFailure("\(source): \(field) “\(name)”, which is not among contexts (\(among))")
        }
        return (name, context)
    }

    /// Like kubectl, an address without a scheme is taken as HTTPS when anything about TLS is configured.
    private func server(of cluster: Cluster) throws(ConfigurationFailure) -> String {
        guard var server = cluster.server else { throw cluster.node.failure("has no server") }
        if !server.contains("://") {
            let usesTLS = cluster.certificateAuthority != nil || cluster.skipsVerification
            server = (usesTLS ? "https://" : "http://") + server
        }
        while server.hasSuffix("/") { server.removeLast() }
        let isKnown = server.hasPrefix("https://") || server.hasPrefix("http://")
        let host = server.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "/" }
        guard isKnown, !host.isEmpty, !server.contains(where: { $0.isWhitespace || $0 == "?" || $0 == "#" }) else {
            throw ConfigurationFailure(
                "kubeconfig \(cluster.node.file): \(cluster.node.path).server is “\(cluster.server ?? "")”, not an "
                    + "http or https address")
        }
        return server
    }

    private func proxy(of cluster: Cluster) throws(ConfigurationFailure) -> String? {
        guard let proxy = cluster.proxy else { return nil }
        guard ["http://", "https://", "socks5://", "socks5h://"].contains(where: { proxy.hasPrefix($0) }) else {
            throw ConfigurationFailure(
                "kubeconfig \(cluster.node.file): \(cluster.node.path).proxy-url is “\(proxy)”, not an http, https or "
                    + "socks5 address")
        }
        return proxy
    }

    private func tls(
        of cluster: Cluster, _ user: User?, reading read: FileReader
    ) throws(ConfigurationFailure) -> TLSConfiguration {
        if cluster.skipsVerification, cluster.certificateAuthority != nil {
            throw cluster.node.failure("has both insecure-skip-tls-verify and a certificate authority; keep one")
        }
        let authorities = try cluster.certificateAuthority.map { (source) throws(ConfigurationFailure) in
            try source.pem("certificate-authority", holding: "CERTIFICATE", cluster.node, reading: read)
        }
        let certificate = try user?.clientCertificate.map { [user] (source) throws(ConfigurationFailure) in
            try source.pem("client-certificate", holding: "CERTIFICATE", (user?.node ?? cluster.node), reading: read)
        }
        let key = try user?.clientKey.map { [user] (source) throws(ConfigurationFailure) in
            try source.pem("client-key", holding: "PRIVATE KEY", (user?.node ?? cluster.node), reading: read)
        }
        return TLSConfiguration(
            certificateAuthorities: authorities, clientCertificate: certificate, clientKey: key,
            serverName: cluster.serverName, verifiesServer: !cluster.skipsVerification)
    }

    /// What is given directly wins over a plugin, as in client-go.
    private func credentials(
        of user: User?, _ cluster: Cluster, _ tls: TLSConfiguration
    ) throws(ConfigurationFailure) -> ClusterCredentials {
        guard let user else { return .none }
        if let file = user.tokenFile { return .tokenFile(file) }
        if let token = user.token {
            guard let token = Credential.cleaned(token) else {
                throw user.node.failure("has a token that is empty or holds a line break")
            }
            return .token(token)
        }
        if let username = user.username { return .basic(username: username, password: user.password ?? "") }
        guard var plugin = user.exec else { return .none }
        if plugin.providesClusterInfo {
            var info: JSONValue = ["server": .string(cluster.server ?? "")]
            info["tls-server-name"] = cluster.serverName.map(JSONValue.string)
            info["proxy-url"] = cluster.proxy.map(JSONValue.string)
            info["config"] = cluster.execConfig
            info["certificate-authority-data"] = tls.certificateAuthorities.map {
                .string($0.base64EncodedString())
            }
            if cluster.skipsVerification { info["insecure-skip-tls-verify"] = true }
            plugin.clusterInfo = info
        }
        return .exec(plugin)
    }
}

extension PEMSource {
    /// - Parameter word: what the PEM must hold, so that a mix-up is named here and not by TLS later.
    fileprivate func pem(
        _ key: String, holding word: String, _ node: KubeconfigNode, reading read: FileReader
    ) throws(ConfigurationFailure) -> Data {
        let data: Data
        let field: String
        switch self {
        case .data(let inline):
            (data, field) = (inline, "\(key)-data")
        case .file(let path):
            field = key
            do {
                data = Data(try read(path))
            } catch {
                throw ConfigurationFailure(
                    "kubeconfig \(node.file): \(node.path).\(key) names “\(path)”, which cannot be read: "
                        + error.reason
                )
            }
        }
        let text = String(decoding: data, as: UTF8.self)
        guard text.contains("-----BEGIN "), text.contains(word) else {
            throw ConfigurationFailure(
                "kubeconfig \(node.file): \(node.path).\(field) holds no PEM \(word.lowercased())")
        }
        return data
    }
}
