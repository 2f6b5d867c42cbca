import Configuration
import Healing
import JSON

/// `cortex rbac`: the least rights that a configuration needs, to be applied with kubectl.
struct AccessCommand {
    private let arguments: ParsedArguments

    init(_ arguments: ParsedArguments) { self.arguments = arguments }

    func run() -> Int32 {
        do {
            let format = arguments.options["--output"] ?? "yaml"
            guard ["json", "yaml"].contains(format) else {
                throw ProgramFailure("--output must be yaml or json, not “\(format)”")
            }
            let manifest = try manifest()
            Terminal.out(
                format == "yaml"
                    ? String(manifest.yaml.dropLast())
                    : String(decoding: try JSONCoding.encode(manifest.json, pretty: true), as: UTF8.self))
            return ExitCode.success
        } catch {
            Terminal.error("cortex rbac: \(error)")
            return ExitCode.usage
        }
    }

    private func manifest() throws(ProgramFailure) -> AccessManifest {
        let configuration = try ProgramSettings(arguments, of: Commands.rbac).configuration
        let needs = AccessNeeds(
            strategies: try strategies(configuration),
            usesProxy: arguments.has("--outside") || configuration.value("toolServers.reach").text == "api-proxy",
            usesWorkerProgram: arguments.has("--worker-program") || configuration.customWorker != nil,
            usesLeases: configuration.leaseNamespace != nil || !arguments.has("--outside"))
        let manifest = AccessManifest(
            needs, namespaces: configuration.namespaces, watched: configuration.watchedNamespaces,
            ownNamespace: arguments.options["--own-namespace"] ?? "cortex",
            account: arguments.options["--service-account"] ?? "cortex-api",
            leaseNamespace: configuration.leaseNamespace)
        for name in [manifest.ownNamespace, manifest.account] where !Setting.Kind.isName(name) {
            throw ProgramFailure("“\(name)” is no name for Kubernetes: small letters, digits and “-”, up to 63")
        }
        return manifest
    }

    /// Those that `--strategies` names; without it all of them, and none where healing is switched off.
    private func strategies(_ configuration: Configuration) throws(ProgramFailure) -> Set<Action> {
        guard let text = arguments.options["--strategies"] else {
            return configuration.isHealingEnabled ? Set(AccessNeeds.strategies) : []
        }
        if text == "none" { return [] }
        var chosen: Set<Action> = []
        for name in text.split(separator: ",").map(String.init) {
            guard let action = AccessNeeds.strategies.first(where: { $0.rawValue == name }) else {
                let known = AccessNeeds.strategies.map(\.rawValue)
                throw ProgramFailure(
                    "unknown strategy “\(name)”; there are \(known.joined(separator: ", ")) and none")
            }
            chosen.insert(action)
        }
        guard !chosen.isEmpty else { throw ProgramFailure("--strategies names none; to look only: --strategies none") }
        return chosen
    }
}
