import Configuration
import Dispatch
import Glibc
import Incidents
import Logging
import Web

/// Reads the configuration file again when it has changed, and lets its live settings count from then on.
///
/// It polls: a ConfigMap mount changes by swapping the symlink `..data`, which an inotify watch of the file loses, and
/// network file systems give no notice at all. One stat a second costs nothing beside the minute that a kubelet takes
/// to bring a changed ConfigMap to its pods.
struct ConfigurationReload: Sendable {
    /// What tells one content of the file from another, symlinks followed.
    private struct Look: Hashable {
        var device: UInt
        var inode: UInt
        var size: Int
        var seconds: Int
        var nanoseconds: Int
    }

    private static let interval = Duration.seconds(1)

    private let settings: ProgramSettings
    private let path: String
    private let live: LiveConfiguration
    private let desk: IncidentDesk
    private let metrics: Metrics
    private let log: Logger
    /// A file may lie on a file system that hangs: never on the cooperative threads.
    private let queue = DispatchQueue(label: "configuration")

    init(
        _ settings: ProgramSettings, live: LiveConfiguration, desk: IncidentDesk, metrics: Metrics, log: Logger
    ) {
        self.settings = settings
        path = settings.path
        self.live = live
        self.desk = desk
        self.metrics = metrics
        self.log = log
    }

    /// Looks until its task is cancelled.
    func run() async {
        // Nil: what was read at the start may have changed since, and is read once more.
        var used: Look??
        var last: Look??
        var wasRefused = false
        while (try? await Task.sleep(for: Self.interval)) != nil {  // throws only when it is cancelled
            let look = await look()
            // An editor may be in the middle of writing: only what has not moved between two looks is read.
            if look == last, look != used {
                used = look
                wasRefused = take(await read(), afterRefusal: wasRefused)
            }
            last = look
        }
    }

    /// - Returns: whether the file was refused.
    private func take(_ result: Result<Configuration, ProgramFailure>, afterRefusal wasRefused: Bool) -> Bool {
        switch result {
        case .success(let configuration):
            let change = ConfigurationChange(from: live.current, to: configuration)
            guard wasRefused || !change.isEmpty else { return false }
            live.adopt(configuration)
            desk.use(settings.policy(for: live.current))
            desk.surroundings.ledger.use(ProgramSettings.budget(of: live.current))
            Terminal.level.set(live.current.logLevel)
            metrics.configurationReloaded(isApplied: true)
            if change.isEmpty { log.info("Configuration \(path) is valid again, and as it was.") }
            if !change.live.isEmpty {
                log.info("Configuration \(path) read again; from now on \(change.live.joined(separator: ", ")).")
            }
            if !change.later.isEmpty {
                log.warning(
                    "Configuration \(path): what changed in \(change.later.joined(separator: ", ")) counts after a "
                        + "restart of Cortex.")
            }
            return false
        case .failure(let failure):
            metrics.configurationReloaded(isApplied: false)
            log.error("Configuration \(path) refused, everything stays as it was: \(failure)")
            return true
        }
    }

    private func read() async -> Result<Configuration, ProgramFailure> {
        await withCheckedContinuation { continuation in
            queue.async {
                do throws(ProgramFailure) {
                    continuation.resume(returning: .success(try settings.reread()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
    }

    /// Nil when there is no file.
    private func look() async -> Look? {
        await withCheckedContinuation { continuation in
            queue.async {
                var facts = stat()
                guard stat(path, &facts) == 0 else { return continuation.resume(returning: nil) }
                continuation.resume(
                    returning: Look(
                        device: UInt(facts.st_dev), inode: UInt(facts.st_ino), size: Int(facts.st_size),
                        seconds: facts.st_mtim.tv_sec, nanoseconds: facts.st_mtim.tv_nsec))
            }
        }
    }
}
