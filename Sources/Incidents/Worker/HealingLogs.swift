import Dispatch
import FoundationEssentials
import Glibc

/// The directory in which each healing leaves its log file, kept within its retention.
struct HealingLogs: Sendable {
    let directory: String
    let retention: HealingLogRetention
    let now: @Sendable () -> Date
    private let queue = DispatchQueue(label: "healing-logs")

    init(directory: String, retention: HealingLogRetention, now: @escaping @Sendable () -> Date) {
        self.directory = directory
        self.retention = retention
        self.now = now
    }

    /// The file of a healing that begins now; nil when it cannot be made: a healing does not wait for a disk.
    func file(of service: String) -> HealingLogFile? {
        let file = HealingLogFile(directory: directory, service: service, epoch: epoch)
        queue.async { removeExpired() }
        return file
    }

    /// Removes what is beyond the retention.
    func tidy() async {
        await withCheckedContinuation { continuation in
            queue.async {
                removeExpired()
                continuation.resume()
            }
        }
    }

    private var epoch: Int { Int(now().timeIntervalSince1970) }

    private func removeExpired() {
        // A directory that cannot be listed has nothing that could be removed.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let files = names.compactMap { name -> HealingLogRetention.File? in
            guard name.hasPrefix(HealingLogRetention.prefix) else { return nil }
            var facts = stat()
            // Not followed: the directory may be one in which others leave symlinks.
            guard lstat("\(directory)/\(name)", &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
            return HealingLogRetention.File(name: name, bytes: Int(facts.st_size))
        }
        for name in retention.expired(files, now: epoch) { unlink("\(directory)/\(name)") }
    }
}
