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
    /// The configuration file, which need not be there unless somebody named it.
    let path: String
    /// Whether somebody named the file.
    let isPathNamed: Bool
    let environment: [String: String]
    let kubeconfig: String?
    let context: String?
    private let flags: [String: (flag: String, value: String)]

    /// Names the configuration file where no flag does: in a pod's environment it is easier to set.
    static let pathVariable = "CORTEX_CONFIG"
    /// Where the manifests mount the ConfigMap `cortex-config`, which may appear while Cortex runs.
    static let defaultPath = "/etc/cortex/config.yaml"

    /// - Throws: `ProgramFailure` with the one sentence to show.
    /// - Parameter defaultPath: of the file that nobody named.
    init(
        _ arguments: ParsedArguments, of command: CommandSpec, defaultPath: String = Self.defaultPath
    ) throws(ProgramFailure) {
        let environment = ProcessInfo.processInfo.environment
        self.environment = environment
        kubeconfig = arguments.options["--kubeconfig"]
        context = arguments.options["--context"]
        var flags: [String: (flag: String, value: String)] = [:]
        for option in command.options {
            if let key = option.key, let value = arguments.options[option.name] { flags[key] = (option.name, value) }
        }
        let variable = environment[Self.pathVariable].flatMap { $0.isEmpty ? nil : $0 }
        let named = arguments.options["--config"] ?? variable
        path = named ?? defaultPath
        isPathNamed = named != nil
        self.flags = flags
        configuration = try Self.read(path, isOptional: named == nil, flags: flags, environment: environment)
    }

    /// The configuration as it would be if the program began now: the file may have changed since.
    func reread() throws(ProgramFailure) -> Configuration {
        try Self.read(path, isOptional: !isPathNamed, flags: flags, environment: environment)
    }

    private static func read(
        _ path: String, isOptional: Bool, flags: [String: (flag: String, value: String)], environment: [String: String]
    ) throws(ProgramFailure) -> Configuration {
        do {
            var file: JSONValue?
            if !isOptional || FileManager.default.fileExists(atPath: path) {
                let documents = try YAML.parse(try bytes(of: path))
                guard documents.count < 2 else {
                    throw ProgramFailure(
                        "the configuration file \(path) holds \(documents.count) YAML documents, not one")
                }
                file = documents.first ?? .null
            }
            return try Configuration(flags: flags, environment: environment, file: file)
        } catch let failure as ProgramFailure {
            throw failure
        } catch let failure as YAMLFailure {
            throw ProgramFailure("the configuration file \(path): \(failure)")
        } catch {
            let isThere = FileManager.default.fileExists(atPath: path)
            throw ProgramFailure(isThere ? "\(error) (the configuration file is \(path))" : "\(error)")
        }
    }

    /// The most that a ConfigMap holds, and then some.
    private static let maximumBytes = 4 << 20

    private static func bytes(of path: String) throws(ProgramFailure) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        defer { if file >= 0 { close(file) } }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while file >= 0 {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count == 0 { return content }
            guard count > 0 else { break }
            content += chunk[..<count]
            guard content.count <= maximumBytes else {
                throw ProgramFailure("the configuration file \(path) is larger than \(maximumBytes >> 20) MiB")
            }
        }
        throw ProgramFailure("the configuration file \(path) cannot be read: \(String(cString: strerror(errno)))")
    }

    var misspeltVariables: [MisspeltVariable] {
        MisspeltVariable.all(in: environment.keys, others: [Self.pathVariable])
    }

    /// The files in the place of the configuration file when that itself is not there: a ConfigMap with a key of
    /// another name is mounted so, and would change nothing without a word.
    var strangeFiles: [String] {
        guard !isPathNamed, access(path, F_OK) != 0, let slash = path.lastIndex(of: "/") else { return [] }
        // Where there is no folder, nobody has mounted anything.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: String(path[..<slash]))) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }

    /// What somebody may have meant, and what counts for nothing.
    var warnings: [String] {
        let variables = misspeltVariables.map {
            "No setting has the variable \($0.name), which changes nothing: was \($0.meant) meant?"
        }
        let files = strangeFiles
        guard !files.isEmpty else { return variables }
        return variables + [
            "\(path) is not there, and beside it \(files.joined(separator: ", ")), which changes nothing: was "
                + "config.yaml meant?"
        ]
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

    var policy: HealingPolicy { policy(for: configuration) }

    func policy(for configuration: Configuration) -> HealingPolicy {
        let deadline = max(.seconds(1), configuration.workerTimeout - reserve)
        var policy = HealingPolicy(
            namespaces: configuration.namespaces, humanGrace: configuration.humanGrace,
            rolloutTimeout: configuration.rolloutTimeout, probeTimeout: configuration.probeTimeout, deadline: deadline)
        policy.reserve = max(.zero, configuration.workerTimeout - deadline)
        return policy
    }
}

extension Configuration {
    /// Where a workload under repair is leased; nil for nowhere.
    func leaseNamespace(in cluster: ClusterConfiguration) -> String? {
        leaseNamespace ?? (cluster.isInCluster ? cluster.namespace : nil)
    }
}

extension ProgramSettings {
    static func budget(of configuration: Configuration) -> HealingBudget {
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
