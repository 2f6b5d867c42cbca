import FoundationEssentials
import Glibc
import History
import Testing

@Suite("What Cortex remembers")
struct MemoryTests {
    private let folder = TemporaryFolder()

    private func json(_ text: String) -> Data { Data(text.utf8) }

    @Test("a value comes back as it was given, on disk and in memory", arguments: [true, false])
    func comesBack(onDisk: Bool) async throws {
        let memory = try Memory(directory: onDisk ? folder.path : nil)
        #expect(try await memory.value(kind: "tools", key: "sandfly") == nil)
        try await memory.remember(kind: "tools", key: "sandfly", value: json("{\"a\": [1, null]}"))
        try await memory.remember(kind: "tools", key: "", value: Data())
        try await memory.remember(kind: "tools", key: "o'neill\" ü", value: Data([0, 255, 0]))
        #expect(try await memory.value(kind: "tools", key: "sandfly") == json("{\"a\": [1, null]}"))
        #expect(try await memory.value(kind: "tools", key: "") == Data())
        #expect(try await memory.value(kind: "tools", key: "o'neill\" ü") == Data([0, 255, 0]))
    }

    @Test("a file that is opened again still knows")
    func openedAgain() async throws {
        let nested = folder.path + "/deeper/down/"
        try await Memory(directory: nested).remember(kind: "replicas", key: "cortex/sandfly", value: json("2"))
        let again = try Memory(directory: nested)
        #expect(try await again.value(kind: "replicas", key: "cortex/sandfly") == json("2"))
        #expect(try await again.all(kind: "replicas").count == 1)
    }

    @Test("two kinds do not see each other")
    func kinds() async throws {
        let memory = try Memory(directory: folder.path)
        try await memory.remember(kind: "a", key: "k", value: json("1"))
        try await memory.remember(kind: "b", key: "k", value: json("2"))
        try await memory.forget(kind: "a", key: "k")
        #expect(try await memory.value(kind: "a", key: "k") == nil)
        #expect(try await memory.all(kind: "b") == [MemoryEntry(key: "k", value: json("2"))])
    }

    @Test("a new value takes the place of the old one, and the last place")
    func replaced() async throws {
        let memory = try Memory(directory: nil)
        for (key, value) in [("x", "1"), ("y", "2"), ("x", "3")] {
            try await memory.remember(kind: "k", key: key, value: json(value))
        }
        #expect(
            try await memory.all(kind: "k")
                == [MemoryEntry(key: "y", value: json("2")), MemoryEntry(key: "x", value: json("3"))])
    }

    @Test("what is forgotten is gone, and forgetting nothing is no mistake")
    func forgotten() async throws {
        let memory = try Memory(directory: nil)
        try await memory.forget(kind: "k", key: "x")
        try await memory.remember(kind: "k", key: "x", value: json("1"))
        try await memory.forget(kind: "k", key: "x")
        #expect(try await memory.all(kind: "k").isEmpty)
    }

    @Test("beyond the bound of a kind the oldest is dropped and counted; other kinds keep theirs")
    func bound() async throws {
        let memory = try Memory(directory: folder.path, limits: MemoryLimits(valuesPerKind: 3))
        try await memory.remember(kind: "other", key: "old", value: json("0"))
        for number in 1...5 { try await memory.remember(kind: "k", key: "\(number)", value: json("\(number)")) }
        #expect(try await memory.all(kind: "k").map(\.key) == ["3", "4", "5"])
        #expect(try await memory.all(kind: "other").count == 1)
        #expect(memory.dropped == 2)
        // With a smaller bound at the next start, the rest goes at the next write.
        let smaller = try Memory(directory: folder.path, limits: MemoryLimits(valuesPerKind: 1))
        try await smaller.remember(kind: "k", key: "6", value: json("6"))
        #expect(try await smaller.all(kind: "k").map(\.key) == ["6"])
        #expect(smaller.dropped == 3)
    }

    @Test("a value that is too long is refused, and the old one stays")
    func tooLong() async throws {
        let memory = try Memory(directory: nil, limits: MemoryLimits(valueBytes: 10))
        try await memory.remember(kind: "k", key: "x", value: json("1"))
        await #expect(throws: MemoryFailure.self) {
            try await memory.remember(kind: "k", key: "x", value: Data(count: 11))
        }
        #expect(try await memory.value(kind: "k", key: "x") == json("1"))
    }

    @Test("nobody else may read the files")
    func rights() async throws {
        let memory = try Memory(directory: folder.path)
        try await memory.remember(kind: "k", key: "x", value: json("1"))
        for name in ["", "-wal", "-shm"] {
            var status = stat()
            #expect(stat(folder.file + name, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
        }
    }

    @Test("two that share a file see what the other remembers, and all of it arrives")
    func shared() async throws {
        let (one, other) = (try Memory(directory: folder.path), try Memory(directory: folder.path))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    try await (number % 2 == 0 ? one : other).remember(
                        kind: "k", key: "\(number)", value: Data("\(number)".utf8))
                }
            }
            try await group.waitForAll()
        }
        #expect(try await one.all(kind: "k").count == 20)
        #expect(try await other.all(kind: "k").count == 20)
    }

    @Test("a file that is no database, or a damaged one, is one clear sentence", arguments: [0, 100])
    func damaged(keptBytes: Int) async throws {
        try await Memory(directory: folder.path).remember(kind: "k", key: "x", value: json("1"))
        for name in ["-wal", "-shm"] { unlink(folder.file + name) }
        let whole = try Data(contentsOf: URL(filePath: folder.file))
        let broken = whole.prefix(keptBytes) + Data(repeating: UInt8(ascii: "x"), count: 8192)
        try broken.write(to: URL(filePath: folder.file))
        let failure = try await failureOf {
            let memory = try Memory(directory: folder.path)
            _ = try await memory.value(kind: "k", key: "x")
        }
        #expect(failure.message.contains(folder.file))
        #expect(failure.message.contains("move it away"))
    }

    @Test("a file of a newer version is left alone, and the sentence names both versions")
    func newer() async throws {
        do { _ = try Memory(directory: folder.path) }
        var bytes = try Data(contentsOf: URL(filePath: folder.file))
        // The user version: four bytes, big-endian, at 60 (the SQLite file format, section 1.3).
        bytes.replaceSubrange(60..<64, with: [0, 0, 0, 9])
        try bytes.write(to: URL(filePath: folder.file))
        let failure = try await failureOf { _ = try Memory(directory: folder.path) }
        #expect(failure.message.contains("version 9, this one knows 1"))
        #expect(try Data(contentsOf: URL(filePath: folder.file)) == bytes)
    }

    @Test("a folder that cannot be written is one clear sentence", arguments: ["/proc/cortex", "/dev/null/cortex"])
    func unwritable(path: String) async throws {
        let failure = try await failureOf { _ = try Memory(directory: path) }
        #expect(failure.message.contains("\(path)/cortex.sqlite cannot be opened for writing"))
    }

    @Test(
        "a folder without the right to write is one clear sentence",
        .enabled(if: geteuid() != 0, "this user may write anywhere"))
    func readOnly() async throws {
        chmod(folder.path, 0o500)
        let failure = try await failureOf { _ = try Memory(directory: folder.path) }
        #expect(failure.message.contains("name a folder that this user can write"))
    }

    private func failureOf(_ call: () async throws -> Void) async throws -> MemoryFailure {
        var thrown: (any Error)?
        do { try await call() } catch { thrown = error }
        return try #require(thrown as? MemoryFailure, "expected a failure")
    }
}
