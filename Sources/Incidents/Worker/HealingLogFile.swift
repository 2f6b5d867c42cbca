import Dispatch
import Glibc

/// The log file of one healing attempt, `heal-worker-<service>-<epoch>.log`.
final class HealingLogFile: Sendable {
    /// What one attempt may write.
    static let maximumBytes = 1 << 20

    let path: String
    private let queue = DispatchQueue(label: "healing-log")
    private let descriptor: Int32

    /// - Returns: nil when the file cannot be made: a healing does not wait for a disk.
    init?(directory: String, service: String, epoch: Int) {
        let safe = String(service.map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." ? $0 : "_" }.prefix(100))
        path = "\(directory)/\(HealingLogRetention.prefix)\(safe)-\(epoch)\(HealingLogRetention.suffix)"
        // O_NOFOLLOW: the directory may be one that everybody can write to.
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    func append(_ line: String) {
        queue.async { [self] in
            guard lseek(descriptor, 0, SEEK_END) < Self.maximumBytes else { return }
            let bytes = Array(line.utf8) + [10]
            // A full disk loses log lines and nothing else.
            _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        }
    }

    /// Returns once everything appended is written.
    func flush() async {
        await withCheckedContinuation { continuation in queue.async { continuation.resume() } }
    }
}
