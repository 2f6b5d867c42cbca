import FoundationEssentials
import HTTPClient
import JSON
@testable import KubernetesClient
import Testing

@Suite("kubeconfig")
struct KubeconfigTests {
    static func load(_ text: String, context: String? = nil) throws(ConfigurationFailure) -> ClusterConfiguration {
        try Kubeconfig(Array(text.utf8), file: "/a/b").resolved(context: context) { (_) throws(LocalFileFailure) in
            throw LocalFileFailure(reason: "No such file or directory", isMissing: true)
        }
    }

    static func config(
        cluster: String = "server: 'https://s'", user: String = "token: t", context: String = "cluster: c, user: u",
        current: String = "x"
    ) -> String {
        """
        current-context: \(current)
        clusters: [{name: c, cluster: {\(cluster)}}]
        users: [{name: u, user: {\(user)}}]
        contexts: [{name: x, context: {\(context)}}, {name: y, context: {cluster: c}}]
        """
    }

    static let exec = "apiVersion: client.authentication.k8s.io/v1, command: get-token"

    /// A broken kubeconfig and the sentence about it, after `kubeconfig /a/b: `.
    struct Broken: Sendable {
        var text: String
        var sentence: String

        init(_ text: String, _ sentence: String) {
            self.text = text
            self.sentence = sentence
        }
        init(cluster: String, _ sentence: String) { self.init(config(cluster: cluster), sentence) }
        init(user: String, _ sentence: String) { self.init(config(user: user), sentence) }
        init(context: String, _ sentence: String) { self.init(config(context: context), sentence) }
        init(current: String, _ sentence: String) { self.init(config(current: current), sentence) }
    }

    static let brokenFiles: [Broken] = [
        Broken("a: [", "line 2, column 1: "),
        Broken("- a", "the file is a list, not a kubeconfig"),
        Broken("kind: Pod", "kind is “Pod”, not “Config”"),
        Broken("apiVersion: v2", "apiVersion is “v2”, not “v1”"),
        Broken("a: 1\n---\nb: 1", "the file holds 2 YAML documents instead of one"),
        Broken("", "current-context is not set; name one with --context (it has no contexts)"),
        Broken(current: "''", "current-context is not set; name one with --context (there are: x, y)"),
        Broken(current: "z", "current-context names “z”, which is not among contexts (there are: x, y)"),
        Broken(context: "cluster: n, user: u", "contexts[0].context.cluster names “n”, which is not among clusters"),
        Broken(context: "cluster: c, user: n", "contexts[0].context.user names “n”, which is not among users"),
        Broken(context: "user: u", "contexts[0].context names no cluster"),
        Broken("clusters: {}", "clusters is a mapping, not a list"),
        Broken("clusters: [{cluster: {}}]", "clusters[0] has no name"),
        Broken("clusters: [{name: a}, {name: a}]", "clusters[1] repeats the name “a”"),
        Broken("users: [{name: a, user: 7}]", "users[0].user is a number, not a mapping"),
    ]

    static let brokenClusters: [Broken] = [
        Broken(cluster: "server: 5", "clusters[0].cluster.server is a number, not a string"),
        Broken(cluster: "", "clusters[0].cluster has no server"),
        Broken(
            cluster: "server: 'ftp://s'", "clusters[0].cluster.server is “ftp://s”, not an http or https address"),
        Broken(
            cluster: "server: 'https://s', insecure-skip-tls-verify: 'yes'",
            "clusters[0].cluster.insecure-skip-tls-verify is a string, not true or false"),
        Broken(
            cluster: "server: 'https://s', certificate-authority: ca.crt",
            "clusters[0].cluster.certificate-authority names “/a/ca.crt”, which cannot be read: No such file"),
        Broken(
            cluster: "server: 'https://s', certificate-authority-data: '###'",
            "clusters[0].cluster has a certificate-authority-data that is not base64"),
        Broken(
            cluster: "server: 'https://s', certificate-authority-data: QUJD",
            "clusters[0].cluster.certificate-authority-data holds no PEM certificate"),
        Broken(
            cluster: "server: 'https://s', proxy-url: p",
            "clusters[0].cluster.proxy-url is “p”, not an http, https or socks5 address"),
        Broken(
            cluster: "server: 'https://s', insecure-skip-tls-verify: true, certificate-authority: x",
            "clusters[0].cluster has both insecure-skip-tls-verify and a certificate authority; keep one"),
    ]

    static let brokenUsers: [Broken] = [
        Broken(user: "token: t, username: u", "users[0].user has both a token and a username; keep one of them"),
        Broken(user: "token: \"a\\nb\"", "users[0].user has a token that is empty or holds a line break"),
        Broken(user: "client-certificate: x", "users[0].user has a client certificate without a client key"),
        Broken(user: "client-key: x", "users[0].user has a client key without a client certificate"),
        Broken(
            user: "auth-provider: {name: gcp}", "users[0].user.auth-provider is of a kind that Kubernetes removed in"),
        Broken(user: "as-groups: [g]", "users[0].user has as-uid, as-groups or as-user-extra without as"),
        Broken(user: "exec: {command: x}", "users[0].user.exec has no apiVersion"),
        Broken(
            user: "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}",
            "users[0].user.exec has apiVersion “client.authentication.k8s.io/v1alpha1”; known are"),
        Broken(
            user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: x}",
            "users[0].user.exec has no interactiveMode, which client.authentication.k8s.io/v1 asks for"),
        Broken(
            user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}",
            "users[0].user.exec has interactiveMode Always, but cortex runs without a terminal"),
    ]

    @Test(
        "a broken one is one sentence with its file and field", arguments: brokenFiles + brokenClusters + brokenUsers)
    func broken(_ broken: Broken) {
        let failure = #expect(throws: ConfigurationFailure.self) { try Self.load(broken.text) }
        let message = failure?.message ?? ""
        #expect(message.hasPrefix("kubeconfig /a/b: " + broken.sentence), "\(message)")
    }

    @Test("a context without a user is anonymous")
    func anonymous() throws {
        #expect(try Self.load(Self.config(), context: "y").credentials == .none)
    }

    @Test(
        "a server without a scheme is taken as kubectl takes it, and slashes at its end go",
        arguments: [
            ("server: 'h:1', insecure-skip-tls-verify: true", "https://h:1"), ("server: 'h:1'", "http://h:1"),
            ("server: 'https://h/k8s/clusters/c-1/'", "https://h/k8s/clusters/c-1"),
        ])
    func servers(_ cluster: String, _ expected: String) throws {
        #expect(try Self.load(Self.config(cluster: cluster)).server == expected)
    }

    @Test("each kind of credential is found")
    func credentials() throws {
        #expect(
            try Self.load(Self.config(user: "tokenFile: run/token, token: old")).credentials
                == .tokenFile("/a/run/token"))
        #expect(
            try Self.load(Self.config(user: "username: u, password: p")).credentials
                == .basic(username: "u", password: "p"))
        let loaded = try Self.load(
            Self.config(
                cluster: "server: 'https://s', tls-server-name: n, insecure-skip-tls-verify: true, "
                    + "extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: x}}]",
                user: "exec: {\(Self.exec), interactiveMode: Never, args: [a, b], env: [{name: K, value: v}], "
                    + "installHint: Get it, provideClusterInfo: true}"))
        guard case .exec(let plugin) = loaded.credentials else {
            Issue.record("\(loaded.credentials)")
            return
        }
        #expect(plugin.command == "get-token" && plugin.arguments == ["a", "b"])
        #expect(
            plugin.execInfo == [
                "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
                "spec": [
                    "interactive": false,
                    "cluster": [
                        "server": "https://s", "tls-server-name": "n", "insecure-skip-tls-verify": true,
                        "config": ["audience": "x"],
                    ],
                ],
            ])
    }

    @Test("impersonation becomes headers")
    func impersonation() throws {
        let loaded = try Self.load(
            Self.config(user: "token: t, as: alice, as-groups: [dev, ops], as-user-extra: {a/b: [c]}"))
        #expect(
            loaded.impersonation?.headers.map { "\($0.name): \($0.value)" } == [
                "Impersonate-User: alice", "Impersonate-Group: dev", "Impersonate-Group: ops",
                "Impersonate-Extra-a%2Fb: c",
            ])
    }

    @Test("a kubeconfig written as JSON is one")
    func json() throws {
        let text = """
            {"current-context": "x", "clusters": [{"name": "c", "cluster": {"server": "https://s"}}],
             "users": [{"name": "u", "user": {"token": "t"}}],
             "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}]}
            """
        #expect(try Self.load(text).credentials == .token("t"))
    }
}
