import Configuration
import Diagnosis
import HTTPClient
import KubernetesClient
import ToolServers

/// Whether what Cortex talks to in the cluster answers.
extension ClusterDoctor {
    /// Asks for the one name that every cluster has, only where Cortex itself resolves the cluster's names; without
    /// TLS, so that a DNS which says nothing is told from a connection that does not come.
    func dns() async -> DoctorCheck {
        guard assembly.client.configuration.isInCluster || configuration.reach == "dns" else {
            return DoctorCheck(
                .reach, "DNS", .skipped, "outside of the cluster Services are reached without the cluster's DNS")
        }
        let request = HTTPRequest(
            url: "http://kubernetes.default.svc:443/", connectTimeout: .seconds(5), timeout: .seconds(5))
        do {
            _ = try await assembly.transport.send(request)
        } catch {
            guard error.kind == .nameNotFound else {
                return DoctorCheck(.reach, "DNS", .ok, "kubernetes.default.svc resolves")
            }
            return DoctorCheck(
                .reach, "DNS", .failed, "kubernetes.default.svc does not resolve: \(error.message)",
                remedy: "Look at the cluster's DNS: kubectl get pods -n kube-system -l k8s-app=kube-dns; "
                    + "a NetworkPolicy must let Cortex's pod reach it (UDP and TCP 53).")
        }
        return DoctorCheck(.reach, "DNS", .ok, "kubernetes.default.svc resolves")
    }

    func toolServers() async -> [DoctorCheck] {
        let servers = await assembly.tools.servers()
        guard !servers.isEmpty else {
            return [
                DoctorCheck(
                    .reach, "tool servers", .warning,
                    "there is none in \(configuration.namespaces.joined(separator: ", "))",
                    remedy: "Label a Service: kubectl label service NAME cortex.io/tool-server=true "
                        + "-n \(configuration.defaultNamespace)")
            ]
        }
        let tools = assembly.tools
        return await withTaskGroup(of: DoctorCheck.self) { group in
            for server in servers { group.addTask { await Self.check(server, tools) } }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.name < $1.name }
        }
    }

    private static func check(_ server: ToolServer, _ tools: ToolServers) async -> DoctorCheck {
        let name = "tool server \(server.name) in \(server.namespace)"
        let begin = ContinuousClock.now
        guard let failure = await tools.probe(server) else {
            return DoctorCheck(
                .reach, name, .ok, "lists its tools in \(Int((ContinuousClock.now - begin) / .milliseconds(1))) ms")
        }
        if failure.kind == .forbidden {
            let refusal = ProxyAnswer.forbidden(failure.message, namespace: server.namespace)
            return DoctorCheck(.reach, name, .failed, failure.message, remedy: refusal.message)
        }
        return DoctorCheck(
            .reach, name, failure.isOutage ? .failed : .warning, failure.message,
            remedy: failure.isOutage
                ? "See why: cortex diagnose \(server.name) -n \(server.namespace); to heal it: "
                    + "cortex heal \(server.name) -n \(server.namespace)"
                : "It answers, but not to Cortex: check what it asks of its clients.")
    }
}
