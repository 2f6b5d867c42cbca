/// When a credential plugin may run again. One that fails, or whose credential the API server refuses, would else run
/// at every request and every watch that begins anew, and plugins ask other servers or open browsers.
struct PluginBackoff: Hashable {
    static let firstPause = Duration.seconds(1)
    static let longestPause = Duration.seconds(60)

    private var pause = Self.firstPause
    /// The last run that was of no use.
    private var vainRun: Duration?

    /// A run that was of no use is followed by a pause, each twice as long as the one before.
    func mayRun(at now: Duration) -> Bool { vainRun.map { now - $0 >= pause } ?? true }

    mutating func ranInVain(at now: Duration) {
        // Long after the last trouble this is a new one: a credential that simply was withdrawn is renewed at once.
        let isNew = vainRun.map { now - $0 >= Self.longestPause * 2 } ?? true
        pause = isNew ? Self.firstPause : min(pause * 2, Self.longestPause)
        vainRun = now
    }

    mutating func ranWell() { self = PluginBackoff() }
}
