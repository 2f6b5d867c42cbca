import Glibc

/// What the kernel says of this process.
struct ProcessFacts {
    var residentBytes: Int?
    /// Seconds since 1970.
    var startTime: Double?

    static func current() -> ProcessFacts {
        let pages = words(of: "/proc/self/statm").dropFirst().first.flatMap { Int($0) }
        return ProcessFacts(residentBytes: pages.map { $0 * sysconf(Int32(_SC_PAGESIZE)) }, startTime: startTime)
    }

    /// Field 22 of /proc/self/stat counts clock ticks since the machine started; the name in field 2 may hold spaces.
    private static let startTime: Double? = {
        let fields = words(of: "/proc/self/stat", after: ")")
        let boot = words(of: "/proc/stat")
        guard fields.count > 19, let ticks = Double(fields[19]), let mark = boot.firstIndex(of: "btime"),
            mark + 1 < boot.count, let booted = Double(boot[mark + 1])
        else { return nil }
        return booted + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }()

    private static func words(of path: String, after mark: Character? = nil) -> [Substring] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = fread(&bytes, 1, bytes.count, file)
        var text = String(decoding: bytes.prefix(count), as: UTF8.self)[...]
        if let mark, let index = text.lastIndex(of: mark) { text = text[text.index(after: index)...] }
        return text.split { $0 == " " || $0 == "\n" }
    }
}
