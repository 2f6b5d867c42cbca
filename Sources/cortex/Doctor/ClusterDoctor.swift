import Configuration
import FoundationEssentials
import HTTPClient
import Healing
import JSON
import Kubernetes
import KubernetesClient
import ToolServers

/// Looks at everything that needs the cluster. It changes nothing.
struct ClusterDoctor: Sendable {
    let assembly: ClusterAssembly
    let configuration: Configuration
    private var cluster: ClusterConfiguration { assembly.client.configuration }
    /// The versions Cortex is tested with.
    private static let supported = 20...36

    /// The checks, and whether the API server answered at all.
    func examine() async -> (checks: [DoctorCheck], couldLook: Bool) {
        let (server, couldLook) = await apiServer()
        guard couldLook else {
            let why = "the API server does not answer"
            return (
                server + [
                    DoctorCheck(.rights, "rights", .skipped, why), DoctorCheck(.reach, "tool servers", .skipped, why),
                ], false
            )
        }
        async let identity = identity()
        async let rights = rights().checks()
        async let namespaces = namespaces()
        async let dns = dns()
        async let servers = toolServers()
        return (await [identity] + server + namespaces + rights + [dns] + servers, true)
    }

    private func apiServer() async -> (checks: [DoctorCheck], couldLook: Bool) {
        let name = "API server \(cluster.server)"
        let begin = ContinuousClock.now
        let answer: Data
        do throws(APIError) {
            answer = try await assembly.client.send(.at(path: "/version"))
        } catch {
            return ([unusable(name, "\(error)")], false)
        }
        // What is no JSON is nobody's version.
        let version = (try? JSONCoding.decode(JSONValue.self, from: answer))?["gitVersion"]?.stringValue
        guard let version else {
            return ([unusable(name, "what answers there gives no answer of a Kubernetes API server")], false)
        }
        let milliseconds = Int((ContinuousClock.now - begin) / .milliseconds(1))
        return (
            [
                DoctorCheck(.cluster, name, .ok, "answers in \(milliseconds) ms"), Self.check(version: version),
                await clock(),
            ], true
        )
    }

    private func unusable(_ name: String, _ why: String) -> DoctorCheck {
        DoctorCheck(
            .cluster, name, .failed, why,
            remedy: "Check the address and the credentials in \(cluster.source); "
                + "kubectl get --raw /version asks the same.")
    }

    static func check(version: String) -> DoctorCheck {
        let parts = version.drop { $0 == "v" }.split(separator: ".")
        let name = "Kubernetes \(version)"
        guard parts.count > 1, parts[0] == "1", let minor = Int(parts[1].prefix { $0.isNumber }) else {
            return DoctorCheck(.cluster, name, .warning, "not a version that Cortex knows")
        }
        let (first, last) = (supported.lowerBound, supported.upperBound)
        return supported.contains(minor)
            ? DoctorCheck(.cluster, name, .ok, "one of 1.\(first) to 1.\(last), with which Cortex is tested")
            : DoctorCheck(
                .cluster, name, .warning, "Cortex is tested with 1.\(first) to 1.\(last)",
                remedy: minor < first ? "Upgrade the cluster." : "Look for a newer Cortex.")
    }

    private func clock() async -> DoctorCheck {
        let sent = Date()
        // Without credentials: also a refusal has a date.
        let request = HTTPRequest(
            url: cluster.server + "/version", timeout: .seconds(10), tls: cluster.tls, proxy: cluster.proxy)
        do {
            let answer = try await assembly.transport.send(request)
            return ClockSkew.check(serverDate: answer.headers["date"], sent: sent, received: Date())
        } catch {
            return DoctorCheck(.cluster, "clock", .skipped, "the API server's time is not known: \(error)")
        }
    }

    private func identity() async -> DoctorCheck {
        let name = cluster.source
        if let user = await reviewed() ?? claimed() { return DoctorCheck(.identity, name, .ok, user) }
        let detail =
            switch cluster.credentials {
            case .exec: "a credential plugin"
            case .basic(let user, _): user
            case .none where cluster.tls.clientCertificate != nil: "a client certificate"
            case .none: "nobody: no token and no certificate"
            case .token, .tokenFile: "a token that names nobody"
            }
        return DoctorCheck(.identity, name, .ok, detail)
    }

    /// Whom the server sees; nil before Kubernetes 1.28, which does not tell.
    private func reviewed() async -> String? {
        let reviews = Resource(
            group: "authentication.k8s.io", plural: "selfsubjectreviews", kind: "SelfSubjectReview",
            isNamespaced: false)
        let body = Data(#"{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}"#.utf8)
        do {
            let answer = try await assembly.client.send(APIRequest(.create, reviews, body: body, hasPrecondition: true))
            return try JSONCoding.decode(JSONValue.self, from: answer)["status"]?["userInfo"]?["username"]?.stringValue
        } catch {
            return nil  // the token itself is read instead
        }
    }

    private func claimed() -> String? {
        switch cluster.credentials {
        case .token(let token): TokenSubject.of(token)
        case .tokenFile(let path):
            FileManager.default.contents(atPath: path).flatMap { TokenSubject.of(String(decoding: $0, as: UTF8.self)) }
        case .none, .basic, .exec: nil
        }
    }

    private func rights() -> RightsDoctor {
        let isOutside = !cluster.isInCluster
        return RightsDoctor(
            api: assembly.client, namespaces: configuration.namespaces, watched: configuration.watchedNamespaces,
            ownNamespace: cluster.isInCluster ? cluster.namespace : nil,
            leaseNamespace: configuration.leaseNamespace(in: cluster),
            account: claimed().flatMap(TokenSubject.serviceAccount),
            needs: AccessNeeds(
                strategies: configuration.isHealingEnabled ? Set(AccessNeeds.strategies) : [],
                usesProxy: configuration.reach == "api-proxy" || configuration.reach == "auto" && isOutside,
                usesWorkerProgram: configuration.customWorker != nil),
            isProxyOptional: configuration.reach == "auto")
    }

    private func namespaces() async -> [DoctorCheck] {
        var checks: [DoctorCheck] = []
        let watched = configuration.watchedNamespaces
        for namespace in configuration.namespaces + watched {
            let variable = watched.contains(namespace) ? "WATCH_NAMESPACES" : "HEAL_NAMESPACES"
            checks.append(
                await NamespaceDoctor(api: assembly.client, namespace: namespace, variable: variable).check())
        }
        return checks
    }
}
