internal import FoundationEssentials
import JSON

/// One kubeconfig, or several merged, as values. Nothing here reads a file.
struct Kubeconfig: Hashable, Sendable {
    struct Cluster: Hashable, Sendable {
        var server: String?
        var certificateAuthority: PEMSource?
        var skipsVerification = false
        var serverName: String?
        var proxy: String?
        /// What `provideClusterInfo` hands to an exec plugin as `config`.
        var execConfig: JSONValue?
        var node: KubeconfigNode
    }

    struct User: Hashable, Sendable {
        var clientCertificate: PEMSource?
        var clientKey: PEMSource?
        var token: String?
        var tokenFile: String?
        var username: String?
        var password: String?
        var exec: ExecPlugin?
        var impersonation: Impersonation?
        var node: KubeconfigNode
    }

    struct Context: Hashable, Sendable {
        var cluster: String?
        var user: String?
        var namespace: String?
        var node: KubeconfigNode
    }

    var clusters: [String: Cluster] = [:]
    var users: [String: User] = [:]
    var contexts: [String: Context] = [:]
    var currentContext: String?
    /// In the order in which they were merged.
    var files: [String] = []

    /// What `source` says in messages.
    var source: String { "kubeconfig " + files.joined(separator: ":") }

    /// As kubectl merges: the first file that names a cluster, user, context or current context wins.
    mutating func merge(_ other: Kubeconfig) {
        clusters.merge(other.clusters) { first, _ in first }
        users.merge(other.users) { first, _ in first }
        contexts.merge(other.contexts) { first, _ in first }
        currentContext = currentContext ?? other.currentContext
        files += other.files
    }
}

/// A certificate or key, inline or in a file.
enum PEMSource: Hashable, Sendable {
    case data(Data)
    case file(String)
}
