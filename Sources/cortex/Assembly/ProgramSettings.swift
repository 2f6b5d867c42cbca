import Configuration
import FoundationEssentials
import Glibc
import Healing
import History
import JSON
import KubernetesClient

/// The configuration a command runs with: its flags over the environment over the file over the defaults.
struct ProgramSettings {
    let configuration: Configuration
    let environment: [String: String]
    let kubeconfig: String?
    let context: String?

    /// - Throws: `ProgramFailure` with the one sentence to show.
    init(_ arguments: ParsedArguments, of command: CommandSpec) throws(ProgramFailure) {
        environment = ProcessInfo.processInfo.environment
        kubeconfig = arguments.options["--kubeconfig"]
        context = arguments.options["--context"]
        var flags: [String: (flag: String, value: String)] = [:]
        for option in command.options {
            if let key = option.key, let value = arguments.options[option.name] { flags[key] = (option.name, value) }
        }
        let path = arguments.options["--config"]
        do {
            let file = try path.map { path in
                guard let bytes = FileManager.default.contents(atPath: path) else {
                    throw ProgramFailure("the configuration file \(path) cannot be read")
                }
                return try YAML.parse(Array(bytes)).first ?? .null
            }
            configuration = try Configuration(flags: flags, environment: environment, file: file)
        } catch let failure as ProgramFailure {
            throw failure
        } catch let failure as YAMLFailure {
            throw ProgramFailure("the configuration file \(path ?? ""): \(failure)")
        } catch {
            throw ProgramFailure("\(error)")
        }
    }

    func cluster() throws(ProgramFailure) -> ClusterConfiguration {
        do {
            return try ClusterConfiguration.load(kubeconfig: kubeconfig, context: context, environment: environment)
        } catch {
            throw ProgramFailure("\(error)")
        }
    }

    /// What of the worker time-out is kept for telling how it ended. None where Cortex heals in its own process.
    var reserve = Duration.zero

    var policy: HealingPolicy {
        HealingPolicy(
            namespaces: configuration.namespaces, humanGrace: configuration.humanGrace,
            rolloutTimeout: configuration.rolloutTimeout, probeTimeout: configuration.probeTimeout,
            deadline: max(.seconds(1), configuration.workerTimeout - reserve))
    }
}

extension ProgramSettings {
    var budget: HealingBudget {
        let budgets = configuration.budgets
        return HealingBudget(
            perWorkload: budgets.workload, perNamespace: budgets.namespace, perCluster: budgets.cluster)
    }

    /// What Cortex remembers across restarts; only until the end without a data directory.
    /// - Throws: `ProgramFailure` when there is one and it cannot be used: Cortex would forget silently.
    func memory() throws(ProgramFailure) -> Memory {
        do {
            return try Memory(directory: configuration.dataDirectory)
        } catch {
            throw ProgramFailure("data.directory: \(error)")
        }
    }
}

/// Why a command cannot start: one sentence for a person.
struct ProgramFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
