extension Homelab {
    /// Four tool servers and six other services, one of which calls another.
    public static let demo: Homelab = {
        let tools = ["sandfly", "proxmox", "unifi", "cloudflare"].map { name in
            let service = "\(name)-mcp-server"
            return ServiceSpec(
                service, image: "\(service):1", portName: "mcp",
                program: Program(readyAfter: 0.6, answers: name, log: ["\(service) listens on :3000"]))
        }
        func plain(
            _ name: String, port: Int, _ dependencies: [Program.Dependency] = [],
            as workload: ServiceSpec.Workload = .deployment
        ) -> ServiceSpec {
            ServiceSpec(
                name, workload: workload, replicas: 1, port: port,
                program: Program(readyAfter: 0.8, dependencies: dependencies, log: ["\(name) is up"]))
        }
        return Homelab(
            services: tools + [
                plain("postgres", port: 5432, as: .statefulSet),
                plain("gitea", port: 3000, [.init(host: "postgres", port: 5432, effect: .unready)]),
                plain("grafana", port: 3000), plain("jellyfin", port: 8096),
                plain("adguard", port: 3000, as: .daemonSet),
                plain("mosquitto", port: 1883),
            ])
    }()
}
