internal import Dispatch
public import FoundationEssentials
internal import Synchronization

/// Remembers JSON values by kind and key, on disk, across restarts and crashes.
///
/// When `remember` or `forget` has returned, the change is on the disk (WAL, `synchronous=FULL`). One serial queue
/// owns the connection. Two processes may share a folder; each waits up to 5 s for the other.
public final class Memory: Sendable {
    /// The file's name within its folder.
    public static let fileName = "cortex.sqlite"

    private let queue = DispatchQueue(label: "memory")
    private let database: Database
    private let limits: MemoryLimits
    private let droppedCount = Mutex(0)

    /// Opens the file, or makes it; blocks while it does.
    ///
    /// - Parameter directory: made when it is missing; nil to remember only until this object is gone.
    /// - Throws: when the folder cannot be written, or the file is damaged or of a newer version.
    public init(directory: String?, limits: MemoryLimits = MemoryLimits()) throws(MemoryFailure) {
        self.limits = limits
        database = try Database(directory: directory, fileName: Self.fileName)
    }

    /// Values dropped because there were too many of their kind, since this object was made.
    public var dropped: Int { droppedCount.withLock { $0 } }

    /// The value, or nil when there is none.
    public func value(kind: String, key: String) async throws(MemoryFailure) -> Data? {
        try await run { database throws(MemoryFailure) in
            try database.rows("SELECT key, value FROM memory WHERE kind = ? AND key = ?", [.text(kind), .text(key)])
                .first?.value
        }
    }

    /// All values of a kind; first the one that was remembered longest ago.
    public func all(kind: String) async throws(MemoryFailure) -> [MemoryEntry] {
        try await run { database throws(MemoryFailure) in
            try database.rows("SELECT key, value FROM memory WHERE kind = ? ORDER BY id", [.text(kind)])
        }
    }

    /// Puts the value in place of the one under the same kind and key, if there is one.
    public func remember(kind: String, key: String, value: Data) async throws(MemoryFailure) {
        let limits = self.limits
        guard value.count <= limits.valueBytes else {
            throw MemoryFailure(
                message: "\(kind) \(key.prefix(80)) is too long to remember: \(value.count) bytes, "
                    + "at most \(limits.valueBytes)")
        }
        let dropped = try await run { database throws(MemoryFailure) in
            try database.transaction { () throws(MemoryFailure) in
                // A replaced row gets a new id, and so the last place in its kind.
                try database.change(
                    "INSERT OR REPLACE INTO memory (kind, key, value) VALUES (?, ?, ?)",
                    [.text(kind), .text(key), .blob(value)])
                return try database.change(
                    """
                    DELETE FROM memory WHERE id IN (SELECT id FROM memory WHERE kind = ?1 ORDER BY id
                    LIMIT max(0, (SELECT count(*) FROM memory WHERE kind = ?1) - ?2))
                    """, [.text(kind), .integer(limits.valuesPerKind)])
            }
        }
        droppedCount.withLock { $0 += dropped }
    }

    /// Forgets the value; there need not be one.
    public func forget(kind: String, key: String) async throws(MemoryFailure) {
        _ = try await run { database throws(MemoryFailure) in
            try database.change("DELETE FROM memory WHERE kind = ? AND key = ?", [.text(kind), .text(key)])
        }
    }

    private func run<Answer: Sendable>(
        _ work: @escaping @Sendable (Database) throws(MemoryFailure) -> Answer
    ) async throws(MemoryFailure) -> Answer {
        let database = self.database
        let result = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Result { () throws(MemoryFailure) in try work(database) }) }
        }
        return try result.get()
    }
}
