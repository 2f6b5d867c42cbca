internal import CSQLite
internal import FoundationEssentials
internal import Glibc

/// One SQLite connection. Used by one thread at a time: by the initializer, then by the queue of its owner.
final class Database: @unchecked Sendable {
    enum Value {
        case text(String)
        case blob(Data)
        case integer(Int)
    }

    /// The version of the tables below, in the file's `user_version`.
    static let version = 1

    private let connection: OpaquePointer
    /// The file, or what to call it when there is none.
    private let name: String

    init(directory: String?, fileName: String) throws(MemoryFailure) {
        let path: String
        if let directory {
            path = directory.hasSuffix("/") ? directory + fileName : "\(directory)/\(fileName)"
            try Self.prepare(directory, path)
        } else {
            path = ":memory:"
        }
        name = directory == nil ? "the memory" : path
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let why = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "no memory"
            sqlite3_close_v2(opened)
            throw MemoryFailure(message: "\(path) cannot be opened: \(why)")
        }
        connection = opened
        sqlite3_busy_timeout(connection, 5000)
        try setUp()
    }

    deinit { sqlite3_close_v2(connection) }

    /// The folder, and the file with nobody else's rights; SQLite gives its side files the same.
    private static func prepare(_ directory: String, _ path: String) throws(MemoryFailure) {
        var folder = directory.hasPrefix("/") ? "/" : ""
        for part in directory.split(separator: "/") {
            folder += part + "/"
            // Most of them are there already; what could not be made shows when the file is opened.
            mkdir(folder, 0o700)
        }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw MemoryFailure(
                message: "\(path) cannot be opened for writing (\(String(cString: strerror(errno)))): "
                    + "name a folder that this user can write")
        }
        fchmod(descriptor, 0o600)
        close(descriptor)
    }

    private func setUp() throws(MemoryFailure) {
        try execute("PRAGMA journal_mode = WAL")
        try execute("PRAGMA synchronous = FULL")
        try transaction { () throws(MemoryFailure) in
            let version = try integer("PRAGMA user_version")
            guard version <= Self.version else {
                throw MemoryFailure(
                    message: "\(name) was written by a newer version of Cortex (its tables are version \(version), "
                        + "this one knows \(Self.version)): run that version, or move the file away")
            }
            guard version == 0 else { return }
            try execute(
                """
                CREATE TABLE memory (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL,
                    value BLOB NOT NULL, UNIQUE (kind, key));
                CREATE INDEX memory_age ON memory (kind, id);
                PRAGMA user_version = \(Self.version);
                """)
        }
    }

    // MARK: - Statements

    /// Rows of two columns: a text and bytes.
    func rows(_ sql: String, _ values: [Value]) throws(MemoryFailure) -> [MemoryEntry] {
        let statement = try prepare(sql, values)
        defer { sqlite3_finalize(statement) }
        var rows: [MemoryEntry] = []
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return rows }
            guard code == SQLITE_ROW else { throw failure(code) }
            let key = Self.bytes(statement, 0)
            rows.append(MemoryEntry(key: String(decoding: key, as: UTF8.self), value: Self.bytes(statement, 1)))
        }
    }

    /// The number of rows that it changed.
    @discardableResult
    func change(_ sql: String, _ values: [Value]) throws(MemoryFailure) -> Int {
        let statement = try prepare(sql, values)
        defer { sqlite3_finalize(statement) }
        let code = sqlite3_step(statement)
        guard code == SQLITE_DONE else { throw failure(code) }
        return Int(sqlite3_changes(connection))
    }

    /// All of it or nothing.
    func transaction<Answer>(_ body: () throws(MemoryFailure) -> Answer) throws(MemoryFailure) -> Answer {
        try execute("BEGIN IMMEDIATE")
        do throws(MemoryFailure) {
            let answer = try body()
            try execute("COMMIT")
            return answer
        } catch {
            // It fails when SQLite has rolled back already; the first failure is the one to tell.
            sqlite3_exec(connection, "ROLLBACK", nil, nil, nil)
            throw error
        }
    }

    private func execute(_ sql: String) throws(MemoryFailure) {
        let code = sqlite3_exec(connection, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code) }
    }

    private func integer(_ sql: String) throws(MemoryFailure) -> Int {
        let statement = try prepare(sql, [])
        defer { sqlite3_finalize(statement) }
        let code = sqlite3_step(statement)
        guard code == SQLITE_ROW else { throw failure(code) }
        return Int(sqlite3_column_int64(statement, 0))
    }

    private func prepare(_ sql: String, _ values: [Value]) throws(MemoryFailure) -> OpaquePointer {
        var prepared: OpaquePointer?
        var code = sqlite3_prepare_v2(connection, sql, -1, &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw failure(code) }
        for (index, value) in values.enumerated() where code == SQLITE_OK {
            code = Self.bind(value, prepared, Int32(index + 1))
        }
        guard code == SQLITE_OK else {
            sqlite3_finalize(prepared)
            throw failure(code)
        }
        return prepared
    }

    private static func bind(_ value: Value, _ statement: OpaquePointer, _ index: Int32) -> Int32 {
        switch value {
        case .text(let text):
            var text = text
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    // An empty string may have no address, which SQLite would read as NULL.
                    $0.isEmpty
                        ? cortex_bind_text(statement, index, "", 0)
                        : cortex_bind_text(statement, index, $0.baseAddress, Int32(clamping: $0.count))
                }
            }
        case .blob(let data):
            return data.withUnsafeBytes {
                cortex_bind_blob(statement, index, $0.baseAddress, Int32(clamping: $0.count))
            }
        case .integer(let number): return sqlite3_bind_int64(statement, index, Int64(number))
        }
    }

    private static func bytes(_ statement: OpaquePointer, _ column: Int32) -> Data {
        let count = Int(sqlite3_column_bytes(statement, column))
        guard count > 0, let bytes = sqlite3_column_blob(statement, column) else { return Data() }
        return Data(bytes: bytes, count: count)
    }

    private func failure(_ code: Int32) -> MemoryFailure {
        let text = String(cString: sqlite3_errmsg(connection))
        return switch code & 0xFF {
        case SQLITE_NOTADB, SQLITE_CORRUPT:
            MemoryFailure(
                message: "\(name) is damaged or no database (\(text)): move it away, and Cortex begins a new one")
        case SQLITE_BUSY, SQLITE_LOCKED:
            MemoryFailure(message: "\(name) is held by another process for more than 5 s (\(text))")
        case SQLITE_FULL: MemoryFailure(message: "there is no space left for \(name)")
        case SQLITE_READONLY: MemoryFailure(message: "\(name) cannot be written (\(text)): give this user the right")
        default: MemoryFailure(message: "\(name) failed: \(text)")
        }
    }
}
