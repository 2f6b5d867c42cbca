internal import FoundationEssentials
public import JSON

/// A credential plugin of a kubeconfig: a program that prints an `ExecCredential`.
/// Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
public struct ExecPlugin: Sendable, Hashable {
    public struct Variable: Sendable, Hashable {
        public var name: String
        public var value: String
    }
    /// `client.authentication.k8s.io/v1` or `…/v1beta1`.
    public var apiVersion: String
    /// A name to look up in PATH, or a path.
    public var command: String
    public var arguments: [String]
    /// Added to the program's own environment.
    public var environment: [Variable]
    /// Said when the program cannot be found.
    public var installHint: String?
    /// What the plugin is told about the cluster; nil unless it asks with `provideClusterInfo`.
    public var clusterInfo: JSONValue?
    /// Where it is configured, for messages: `kubeconfig /a: users[0].user.exec`.
    public var origin: String
    var providesClusterInfo: Bool

    static let versions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]

    init(_ node: KubeconfigNode) throws(ConfigurationFailure) {
        guard let version = try node.string("apiVersion") else { throw node.failure("has no apiVersion") }
        guard Self.versions.contains(version) else {
            throw node.failure("has apiVersion “\(version)”; known are " + Self.versions.joined(separator: " and "))
        }
        guard let command = try node.string("command") else { throw node.failure("has no command") }
        let mode = try node.string("interactiveMode")
        switch mode {
        case "Always":
            throw node.failure("has interactiveMode Always, but cortex runs without a terminal; use another login")
        case nil where version.hasSuffix("/v1"):
            throw node.failure("has no interactiveMode, which \(version) asks for")
        case nil, "Never", "IfAvailable": break
        case .some(let other):
            throw node.failure("has interactiveMode “\(other)”; known are Never, IfAvailable and Always")
        }
        apiVersion = version
        // A command with a slash is a path; one without is looked up in PATH when it is run.
        self.command = command.contains("/") ? node.resolvingPath(command) : command
        arguments = try node.strings("args")
        environment = []
        for entry in try node.list("env") {
            guard let name = try entry.string("name") else { throw entry.failure("has no name") }
            environment.append(Variable(name: name, value: try entry.string("value") ?? ""))
        }
        installHint = try node.string("installHint")
        providesClusterInfo = try node.bool("provideClusterInfo")
        origin = "kubeconfig \(node.file): \(node.path)"
    }

    /// The value of `KUBERNETES_EXEC_INFO`.
    var execInfo: JSONValue {
        var spec: JSONValue = ["interactive": false]
        spec["cluster"] = clusterInfo
        return ["apiVersion": .string(apiVersion), "kind": "ExecCredential", "spec": spec]
    }
}
