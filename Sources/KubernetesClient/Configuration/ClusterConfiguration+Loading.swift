internal import FoundationEssentials
import HTTPClient

extension ClusterConfiguration {
    /// Where a pod finds its service account.
    public static let serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// Finds the cluster: `--kubeconfig`, then `KUBECONFIG` (several files merged as kubectl does), then the identity
    /// of the pod, then `~/.kube/config`. A context asked for by name comes from a file, so it passes over the pod.
    ///
    /// Reads files; call it outside of hot paths.
    /// - Throws: `ConfigurationFailure` with the one sentence to show.
    public static func load(
        kubeconfig: String? = nil, context: String? = nil, environment: [String: String],
        serviceAccountDirectory: String = serviceAccountDirectory
    ) throws(ConfigurationFailure) -> ClusterConfiguration {
        var configuration = try find(kubeconfig, context, environment, serviceAccountDirectory)
        configuration.environment = environment
        return configuration
    }

    private static func find(
        _ kubeconfig: String?, _ context: String?, _ environment: [String: String], _ directory: String
    ) throws(ConfigurationFailure) -> ClusterConfiguration {
        if let kubeconfig, !kubeconfig.isEmpty {
            return try merged([kubeconfig], skippingMissing: false).resolved(context: context, reading: LocalFile.read)
        }
        var paths: [String] = []
        for path in (environment["KUBECONFIG"] ?? "").split(separator: ":") where !paths.contains(String(path)) {
            paths.append(String(path))
        }
        if !paths.isEmpty {
            let config = try merged(paths, skippingMissing: true)
            guard !config.files.isEmpty else {
                throw ConfigurationFailure(
                    "KUBECONFIG names \(paths.joined(separator: " and ")), which "
                        + (paths.count == 1 ? "does not exist" : "do not exist"))
            }
            return try config.resolved(context: context, reading: LocalFile.read)
        }
        if context == nil, let own = try inCluster(environment, directory: directory) { return own }
        guard let home = environment["HOME"], !home.isEmpty else {
            throw ConfigurationFailure("no cluster is configured: give --kubeconfig FILE, or set KUBECONFIG")
        }
        let path = home + "/.kube/config"
        let config = try merged([path], skippingMissing: true)
        guard !config.files.isEmpty else {
            throw ConfigurationFailure(
                "no cluster is configured: give --kubeconfig FILE, set KUBECONFIG, or create \(path)")
        }
        return try config.resolved(context: context, reading: LocalFile.read)
    }

    private static func merged(
        _ paths: [String], skippingMissing: Bool
    ) throws(ConfigurationFailure) -> Kubeconfig {
        var merged = Kubeconfig()
        for path in paths {
            let text: [UInt8]
            do {
                text = try LocalFile.read(path)
            } catch {
                if error.isMissing, skippingMissing { continue }
                throw ConfigurationFailure("kubeconfig \(path): the file cannot be read: \(error.reason)")
            }
            merged.merge(try Kubeconfig(text, file: path))
        }
        return merged
    }

    /// nil when this is not a pod with a service account.
    /// Source: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/#directly-accessing-the-rest-api
    private static func inCluster(
        _ environment: [String: String], directory: String
    ) throws(ConfigurationFailure) -> ClusterConfiguration? {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty
        else { return nil }
        let tokenFile = directory + "/token"
        do {
            _ = try LocalFile.read(tokenFile)
        } catch {
            if error.isMissing { return nil }
            throw ConfigurationFailure("in-cluster identity: \(tokenFile) cannot be read: \(error.reason)")
        }
        guard let number = UInt16(port), number > 0 else {
            throw ConfigurationFailure("in-cluster identity: KUBERNETES_SERVICE_PORT is “\(port)”, not a port")
        }
        let authorities: Data
        do {
            authorities = Data(try LocalFile.read(directory + "/ca.crt"))
        } catch {
            throw ConfigurationFailure("in-cluster identity: \(directory)/ca.crt cannot be read: \(error.reason)")
        }
        let bytes = try? LocalFile.read(directory + "/namespace")  // without it the caller's default holds
        let namespace = bytes.map { String(decoding: $0, as: UTF8.self) }
        let bracketed = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        return ClusterConfiguration(
            server: "https://\(bracketed):\(number)",
            tls: TLSConfiguration(certificateAuthorities: authorities), credentials: .tokenFile(tokenFile),
            namespace: namespace.flatMap(Credential.cleaned), isInCluster: true,
            source: "the in-cluster service account")
    }
}
