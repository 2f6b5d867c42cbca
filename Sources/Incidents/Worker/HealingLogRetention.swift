/// Which log files of healings stay: by age, by number for each service, and by what they take together.
public struct HealingLogRetention: Hashable, Sendable {
    /// A log file as it lies in the directory.
    struct File: Hashable, Sendable {
        var name: String
        var service: String
        /// When its healing began, in seconds since 1970: a part of its name.
        var epoch: Int
        var bytes: Int

        /// - Returns: nil when the name is not that of a healing's log file.
        init?(name: String, bytes: Int) {
            let (prefix, suffix) = (HealingLogRetention.prefix, HealingLogRetention.suffix)
            guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.count > prefix.count + suffix.count else {
                return nil
            }
            let stem = name.dropFirst(prefix.count).dropLast(suffix.count)
            guard let dash = stem.lastIndex(of: "-"), let epoch = Int(stem[stem.index(after: dash)...]), epoch >= 0
            else { return nil }
            self.name = name
            self.bytes = bytes
            self.epoch = epoch
            service = String(stem[..<dash])
        }
    }

    static let prefix = "heal-worker-"
    static let suffix = ".log"
    /// Files of one service that are kept, the newest ones.
    static let maximumFiles = 20

    /// Default a week.
    public var maximumAge: Duration
    /// All files together. Default 32 MiB: half of the volume that the manifests mount; a pod whose volume is beyond
    /// its limit is evicted.
    public var maximumBytes: Int

    public init(maximumAge: Duration = .seconds(7 * 24 * 3600), maximumBytes: Int = 32 << 20) {
        self.maximumAge = maximumAge
        self.maximumBytes = maximumBytes
    }

    /// The names of the files that are to go. The newest file of all stays: its healing may be under way.
    func expired(_ files: [File], now epoch: Int) -> [String] {
        let newestFirst = files.sorted { ($0.epoch, $0.name) > ($1.epoch, $1.name) }
        var counts: [String: Int] = [:]
        var bytes = 0
        var expired: [String] = []
        for (index, file) in newestFirst.enumerated() {
            counts[file.service, default: 0] += 1
            bytes += file.bytes
            let isOld = epoch - file.epoch > Int(maximumAge.components.seconds)
            guard index > 0, isOld || counts[file.service, default: 0] > Self.maximumFiles || bytes > maximumBytes
            else {
                continue
            }
            bytes -= file.bytes
            expired.append(file.name)
        }
        return expired
    }
}
