import FoundationEssentials
import Glibc
import History

/// A folder that is gone with its last holder.
final class TemporaryFolder: Sendable {
    let path: String

    /// The memory's file in it.
    var file: String { "\(path)/\(Memory.fileName)" }

    init() {
        path = "/tmp/memory-\(UInt64.random(in: 0...UInt64.max))"
        mkdir(path, 0o700)
    }

    deinit {
        chmod(path, 0o700)
        try? FileManager.default.removeItem(atPath: path)  // what stays is a few small files
    }
}
