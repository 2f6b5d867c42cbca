import Configuration
import Glibc
import HTTPServer
import KubernetesClient
import Logging
import ToolServers

/// `cortex serve`.
struct ServeCommand {
    /// Less than the 30 s that Kubernetes gives a pod between SIGTERM and SIGKILL.
    private static let grace = Duration.seconds(25)
    private let arguments: ParsedArguments

    init(_ arguments: ParsedArguments) { self.arguments = arguments }

    func run() async -> Int32 {
        let start = ContinuousClock.now
        let assembly: ServeAssembly
        let settings: ProgramSettings
        do {
            settings = try ProgramSettings(arguments, of: Commands.serve)
            assembly = try ServeAssembly(settings, startedAt: start)
        } catch {
            Terminal.error("cortex serve: \(error)")
            return ExitCode.usage
        }
        let descriptors = HTTPServer.raiseDescriptorLimit()
        let url: String
        do {
            url = try assembly.listen()
        } catch {
            Terminal.error("cortex serve: \(error)")
            return ExitCode.failure
        }
        assembly.log.info("Listening on \(url)")
        introduce(settings, assembly, descriptors)
        let work = Task { await assembly.run() }
        let signal = await Signals.ended()
        Task {
            _ = await Signals.ended()
            _exit(ExitCode.failure)
        }
        await drain(assembly, settings.configuration.drain)
        assembly.log.info(
            "Stopping on signal \(signal); tasks in flight have \(Self.grace.components.seconds) s to end.")
        await assembly.stop(grace: Self.grace)
        work.cancel()
        assembly.log.info("Stopped.")
        return ExitCode.success
    }

    /// A Service goes on sending requests to a pod that ends, until every node has heard of it: they are still taken.
    private func drain(_ assembly: ServeAssembly, _ time: Duration) async {
        guard time > .zero else { return }
        assembly.log.info("Told to stop; requests are taken for another \(time), so that none is lost on its way.")
        assembly.leave()
        // Nothing cancels it; a second signal ends the program.
        try? await Task.sleep(for: time)
    }

    /// The log's first lines: what a person who reads it later needs to know.
    private func introduce(_ settings: ProgramSettings, _ assembly: ServeAssembly, _ descriptors: Int) {
        let configuration = settings.configuration
        let log = assembly.log
        let cluster = assembly.cluster.client.configuration
        log.info("Cortex \(VersionCommand.version) with \(cluster.source), API server \(cluster.server).")
        log.info(
            configuration.isHealingEnabled
                ? "Healing in \(configuration.namespaces.joined(separator: ", "))."
                : "Healing is switched off: Cortex only says what it would do.")
        if configuration.isHealingEnabled {
            log.info(
                configuration.leaseNamespace(in: cluster).map {
                    "A workload under repair is leased in the namespace \($0)."
                }
                    ?? "No leases are taken (healing.leaseNamespace): this should be the only Cortex that heals here."
            )
        }
        for warning in settings.warnings { log.warning(warning) }
        for entry in ToolServerDirectory.unusable(
            configuration.toolServers.map { .init(name: $0.name, url: $0.url) })
        {
            log.warning(
                "The tool server \(entry.name ?? "without a name") is ignored: \(entry.url) is not a usable URL.")
        }
        if descriptors < configuration.maximumConnections + 100 {
            log.warning(
                "The system allows \(descriptors) open files, fewer than http.maximumConnections needs; raise it, "
                    + "or connections wait.")
        }
    }
}
