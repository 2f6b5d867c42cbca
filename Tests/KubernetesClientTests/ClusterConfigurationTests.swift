import FoundationEssentials
import HTTPClient
@testable import KubernetesClient
import Testing

@Suite("finding the cluster")
struct ClusterConfigurationTests {
    static let certificate = "-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----\n"
    static let key = "-----BEGIN EC PRIVATE KEY-----\nQQ==\n-----END EC PRIVATE KEY-----\n"

    static func kubeconfig(
        _ name: String, cluster: String = "", user: String = "token: secret-\("t")", namespace: String? = nil
    ) -> String {
        """
        apiVersion: v1
        kind: Config
        current-context: \(name)
        clusters:
        - name: \(name)
          cluster: {server: "https://\(name):6443"\(cluster.isEmpty ? "" : ", " + cluster)}
        users:
        - name: \(name)
          user: {\(user)}
        contexts:
        - name: \(name)
          context: {cluster: \(name), user: \(name)\(namespace.map { ", namespace: \($0)" } ?? "")}
        """
    }

    @Test("a kubeconfig gives server, credential, namespace and where it is from")
    func plain() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("config", Self.kubeconfig("one", namespace: "shop"))
        let found = try ClusterConfiguration.load(kubeconfig: file, environment: [:])
        #expect(found.server == "https://one:6443")
        #expect(found.credentials == .token("secret-t"))
        #expect(found.namespace == "shop")
        #expect(!found.isInCluster)
        #expect(found.source == "kubeconfig \(file), context “one”")
    }

    @Test("files are relative to the kubeconfig, inline data wins over them, and both are PEM")
    func certificates() throws {
        let folder = try TemporaryFolder()
        try folder.write("pki/ca.crt", Self.certificate)
        try folder.write("pki/client.key", Self.key)
        let inline = Data(Self.certificate.utf8).base64EncodedString()
        let file = try folder.write(
            "config",
            Self.kubeconfig(
                "one", cluster: "certificate-authority: pki/ca.crt, tls-server-name: api, proxy-url: 'socks5://p:1080'",
                user: "client-certificate: nowhere, client-certificate-data: \(inline), client-key: pki/client.key"))
        let found = try ClusterConfiguration.load(kubeconfig: file, environment: [:])
        #expect(
            found.tls
                == TLSConfiguration(
                    certificateAuthorities: Data(Self.certificate.utf8), clientCertificate: Data(Self.certificate.utf8),
                    clientKey: Data(Self.key.utf8), serverName: "api"))
        #expect(found.proxy == "socks5://p:1080")
        #expect(found.credentials == .none)
    }

    @Test("several files are merged as kubectl does: the first that names a thing wins, missing files are skipped")
    func merging() throws {
        let folder = try TemporaryFolder()
        let one = try folder.write("one", Self.kubeconfig("one"))
        let two = try folder.write(
            "two",
            Self.kubeconfig("two") + "\n" + """
                - name: both
                  context: {cluster: one, user: two, namespace: mixed}
                - name: one
                  context: {cluster: two, user: two}
                """)
        let environment = ["KUBECONFIG": "\(folder.path)/missing:\(one)::\(two)"]
        #expect(try ClusterConfiguration.load(environment: environment).server == "https://one:6443")
        let mixed = try ClusterConfiguration.load(context: "both", environment: environment)
        #expect(mixed.server == "https://one:6443")
        #expect(mixed.namespace == "mixed")
        #expect(mixed.source == "kubeconfig \(one):\(two), context “both”")
    }

    @Test("--kubeconfig, then KUBECONFIG, then the pod's identity, then ~/.kube/config")
    func precedence() throws {
        let folder = try TemporaryFolder()
        let flag = try folder.write("flag", Self.kubeconfig("flag"))
        let variable = try folder.write("variable", Self.kubeconfig("variable"))
        try folder.write(".kube/config", Self.kubeconfig("home"))
        try folder.write("account/token", "pod-token\n")
        try folder.write("account/ca.crt", Self.certificate)
        try folder.write("account/namespace", "cortex\n")
        let pod = ["KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443", "HOME": folder.path]
        func server(_ flag: String?, _ environment: [String: String], context: String? = nil) throws -> String {
            try ClusterConfiguration.load(
                kubeconfig: flag, context: context, environment: environment,
                serviceAccountDirectory: folder.path + "/account"
            ).server
        }
        let all = pod.merging(["KUBECONFIG": variable]) { $1 }
        #expect(try server(flag, all) == "https://flag:6443")
        #expect(try server(nil, all) == "https://variable:6443")
        #expect(try server(nil, pod) == "https://10.0.0.1:443")
        #expect(try server(nil, ["HOME": folder.path]) == "https://home:6443")
        #expect(try server(nil, pod, context: "home") == "https://home:6443")
    }

    @Test("the pod's identity: the token stays a file, the namespace is the account's, IPv6 is in brackets")
    func inCluster() throws {
        let folder = try TemporaryFolder()
        let token = try folder.write("token", "pod-token\n")
        try folder.write("ca.crt", Self.certificate)
        try folder.write("namespace", "cortex\n")
        let found = try ClusterConfiguration.load(
            environment: ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "6443"],
            serviceAccountDirectory: folder.path)
        #expect(found.server == "https://[fd00::1]:6443")
        #expect(found.credentials == .tokenFile(token))
        #expect(found.namespace == "cortex")
        #expect(found.isInCluster)
        #expect(found.tls.certificateAuthorities == Data(Self.certificate.utf8))
    }

    @Test("without any of them the sentence says what to do")
    func nothing() {
        let failure = #expect(throws: ConfigurationFailure.self) {
            try ClusterConfiguration.load(environment: ["HOME": "/nowhere"], serviceAccountDirectory: "/nowhere")
        }
        #expect(
            failure?.message
                == "no cluster is configured: give --kubeconfig FILE, set KUBECONFIG, or create /nowhere/.kube/config")
    }

    @Test("a file that --kubeconfig names must be there")
    func missing() {
        let failure = #expect(throws: ConfigurationFailure.self) {
            try ClusterConfiguration.load(kubeconfig: "/nowhere/x", environment: [:])
        }
        #expect(failure?.message == "kubeconfig /nowhere/x: the file cannot be read: No such file or directory")
    }
}
