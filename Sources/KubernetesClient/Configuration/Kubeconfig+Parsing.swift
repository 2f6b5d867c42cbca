internal import FoundationEssentials
import JSON

extension Kubeconfig {
    /// - Parameter file: its path, for messages and for the relative paths inside it.
    init(_ text: [UInt8], file: String) throws(ConfigurationFailure) {
        let documents: [JSONValue]
        do {
            documents = try YAML.parse(text)
        } catch {
            throw ConfigurationFailure("kubeconfig \(file): \(error)")
        }
        files = [file]
        guard let document = documents.first, document != .null else { return }
        let node = KubeconfigNode(value: document, file: file, path: "")
        guard documents.count == 1 else { throw node.failure("holds \(documents.count) YAML documents instead of one") }
        guard document.objectValue != nil else { throw node.failure("is \(node.kindName), not a kubeconfig") }
        if let kind = try node.string("kind"), kind != "Config" {
            throw ConfigurationFailure("kubeconfig \(file): kind is “\(kind)”, not “Config”")
        }
        if let version = try node.string("apiVersion"), version != "v1" {
            throw ConfigurationFailure("kubeconfig \(file): apiVersion is “\(version)”, not “v1”")
        }
        currentContext = try node.string("current-context")
        for (name, entry) in try Self.entries(of: node, list: "clusters", member: "cluster") {
            clusters[name] = try Cluster(entry)
        }
        for (name, entry) in try Self.entries(of: node, list: "users", member: "user") {
            users[name] = try User(entry)
        }
        for (name, entry) in try Self.entries(of: node, list: "contexts", member: "context") {
            contexts[name] = try Context(entry)
        }
    }

    /// Named entries, the first of a name first. An entry without its member counts as an empty one.
    private static func entries(
        of node: KubeconfigNode, list: String, member: String
    ) throws(ConfigurationFailure) -> [(String, KubeconfigNode)] {
        var entries: [(String, KubeconfigNode)] = []
        var names: Set<String> = []
        for element in try node.list(list) {
            guard element.value.objectValue != nil else {
                throw element.failure("is \(element.kindName), not a mapping")
            }
            guard let name = try element.string("name") else { throw element.failure("has no name") }
            guard names.insert(name).inserted else { throw element.failure("repeats the name “\(name)”") }
            let empty = KubeconfigNode(value: [:], file: node.file, path: "\(element.path).\(member)")
            entries.append((name, try element.object(member) ?? empty))
        }
        return entries
    }
}

extension Kubeconfig.Cluster {
    init(_ node: KubeconfigNode) throws(ConfigurationFailure) {
        server = try node.string("server")
        certificateAuthority = try PEMSource(node, "certificate-authority")
        skipsVerification = try node.bool("insecure-skip-tls-verify")
        serverName = try node.string("tls-server-name")
        proxy = try node.string("proxy-url")
        for entry in try node.list("extensions")
        where try entry.string("name") == "client.authentication.k8s.io/exec" {
            execConfig = entry.value["extension"]
        }
        self.node = node
    }
}

extension Kubeconfig.User {
    init(_ node: KubeconfigNode) throws(ConfigurationFailure) {
        clientCertificate = try PEMSource(node, "client-certificate")
        clientKey = try PEMSource(node, "client-key")
        token = try node.string("token")
        tokenFile = try node.filePath("tokenFile")
        username = try node.string("username")
        password = try node.string("password")
        exec = try node.object("exec").map { (exec) throws(ConfigurationFailure) in try ExecPlugin(exec) }
        impersonation = try Impersonation(node)
        self.node = node
        if let provider = node.child("auth-provider") {
            throw provider.failure("is of a kind that Kubernetes removed in 1.26; use an exec plugin instead")
        }
        if token != nil || tokenFile != nil, username != nil {
            throw node.failure("has both a token and a username; keep one of them")
        }
        if (clientCertificate == nil) != (clientKey == nil) {
            throw node.failure(
                clientKey == nil
                    ? "has a client certificate without a client key"
                    : "has a client key without a "
                        + "client certificate")
        }
    }
}

extension Kubeconfig.Context {
    init(_ node: KubeconfigNode) throws(ConfigurationFailure) {
        cluster = try node.string("cluster")
        user = try node.string("user")
        namespace = try node.string("namespace")
        self.node = node
    }
}

extension PEMSource {
    /// Inline data wins over the file, as in kubectl.
    init?(_ node: KubeconfigNode, _ key: String) throws(ConfigurationFailure) {
        if let data = try node.base64(key + "-data") {
            self = .data(data)
        } else if let path = try node.filePath(key) {
            self = .file(path)
        } else {
            return nil
        }
    }
}
