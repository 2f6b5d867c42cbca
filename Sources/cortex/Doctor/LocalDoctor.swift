import Configuration
import Glibc
import History

/// Looks at what needs no cluster: configuration, worker program, storage. It changes nothing.
struct LocalDoctor {
    let settings: ProgramSettings
    private var configuration: Configuration { settings.configuration }
    /// Below this share of free space SQLite and the logs are soon in trouble.
    private static let scarce = 0.05

    var checks: [DoctorCheck] { [file] + strangeVariables + [worker, memory, logs] }

    private var file: DoctorCheck {
        let isThere = access(settings.path, F_OK) == 0
        let strange = settings.strangeFiles
        guard strange.isEmpty else {
            return DoctorCheck(
                .configuration, "file \(settings.path)", .warning,
                "not there, and beside it \(strange.joined(separator: ", ")), which changes nothing",
                remedy: "Name the ConfigMap's key config.yaml: kubectl create configmap cortex-config "
                    + "--from-file=config.yaml=FILE")
        }
        return DoctorCheck(
            .configuration, "file \(settings.path)", .ok,
            isThere ? "valid" : "not there; environment, flags and defaults count")
    }

    private var strangeVariables: [DoctorCheck] {
        settings.misspeltVariables.map {
            DoctorCheck(
                .configuration, $0.name, .warning, "no setting has this variable",
                remedy: "If \($0.meant) was meant, correct the name.")
        }
    }

    private var worker: DoctorCheck {
        guard let program = configuration.customWorker else {
            return DoctorCheck(.configuration, "worker", .ok, "Cortex heals in its own process")
        }
        guard access(program, X_OK) == 0 else {
            return DoctorCheck(
                .configuration, "worker", .failed, "\(program) cannot be run: \(Self.reason)",
                remedy: "Put the worker there and make it executable, or unset SELF_HEAL_WORKER_PATH.")
        }
        return DoctorCheck(.configuration, "worker", .ok, "\(program) heals instead of Cortex")
    }

    private var memory: DoctorCheck {
        guard let directory = configuration.dataDirectory else {
            return DoctorCheck(
                .storage, "data.directory", .warning,
                "not set: replica counts and tool lists are lost with the process",
                remedy: "Mount a volume and name it in CORTEX_DATA_DIR.")
        }
        let check = directoryCheck("data.directory", directory, missing: "Cortex makes it when it starts")
        guard check.state == .ok, access("\(directory)/\(Memory.fileName)", F_OK) == 0 else { return check }
        do {
            _ = try Memory(directory: directory)
            return check
        } catch {
            return DoctorCheck(
                .storage, "data.directory", .failed, "\(error)",
                remedy: "Move \(directory)/\(Memory.fileName) away; Cortex begins a new one and learns again.")
        }
    }

    private var logs: DoctorCheck {
        directoryCheck("healing.logDirectory", configuration.healLogDirectory, missing: nil)
    }

    /// - Parameter missing: why it is no fault that the directory is not there; nil where it is one.
    private func directoryCheck(_ name: String, _ directory: String, missing: String?) -> DoctorCheck {
        guard access(directory, F_OK) == 0 else {
            if let missing {
                guard let parent = Self.obstacle(above: directory) else {
                    return DoctorCheck(.storage, name, .ok, "\(directory) is not there yet; \(missing)")
                }
                return DoctorCheck(
                    .storage, name, .failed, "\(directory) is not there, and \(parent)",
                    remedy: "Create it, or mount a volume there, and let user \(getuid()) write to it.")
            }
            return DoctorCheck(
                .storage, name, .failed, "\(directory) is not there: healings leave no log file",
                remedy: "Create it, or mount an emptyDir there.")
        }
        guard access(directory, W_OK | X_OK) == 0 else {
            return DoctorCheck(
                .storage, name, .failed, "\(directory) cannot be written: \(Self.reason)",
                remedy: "Let user \(getuid()) write there: fsGroup in the pod's securityContext, or chown.")
        }
        var facts = statvfs()
        guard statvfs(directory, &facts) == 0, facts.f_blocks > 0 else {
            return DoctorCheck(.storage, name, .ok, "\(directory) can be written")
        }
        let share = Double(facts.f_bavail) / Double(facts.f_blocks)
        let megabytes = (UInt(facts.f_bavail) * UInt(facts.f_frsize)) >> 20
        let detail = "\(directory) can be written, \(megabytes) MiB (\(Int(share * 100)) %) are free"
        guard facts.f_bavail > 0, facts.f_files == 0 || facts.f_favail > 0 else {
            return DoctorCheck(
                .storage, name, .failed, "\(directory) is full: nothing can be written there any more",
                remedy: "Make room there, or give it a larger volume (the sizeLimit of an emptyDir counts too).")
        }
        return share < Self.scarce
            ? DoctorCheck(.storage, name, .warning, detail, remedy: "Make room there before it is full.")
            : DoctorCheck(.storage, name, .ok, detail)
    }

    /// Why a directory cannot be made: what is nearest above it and there cannot be written. Nil when it can.
    private static func obstacle(above directory: String) -> String? {
        var parent = directory
        while access(parent, F_OK) != 0, let slash = parent.lastIndex(of: "/") {
            parent = slash == parent.startIndex ? "/" : String(parent[..<slash])
        }
        if access(parent, F_OK) != 0 { parent = "." }
        guard access(parent, W_OK | X_OK) != 0 else { return nil }
        return "\(parent) cannot be written: \(reason)"
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
