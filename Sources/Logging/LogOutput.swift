import Synchronization

/// Where log lines go and how they look; shared by every logger of one program.
public final class LogOutput: Sendable {
    /// How one event is written.
    public enum Format: String, Sendable, CaseIterable {
        /// `[2026-11-24T05:00:00.123Z] [HEAL-WORKER] message incident=1f`.
        case text
        /// `{"time":…,"level":…,"component":…,"message":…,"incident":…}`.
        case json
    }

    let format: Format
    let level: LogLevel
    let now: @Sendable () -> String
    let redact: @Sendable (String) -> String
    let sink: @Sendable (String) -> Void

    /// - Parameters:
    ///   - now: the time as it is to be printed, ISO 8601.
    ///   - redact: takes secrets out of a message before it is written anywhere.
    ///   - sink: takes one line without its newline, from any thread.
    public init(
        format: Format = .text, level: LogLevel = LogLevel(.info), now: @escaping @Sendable () -> String,
        redact: @escaping @Sendable (String) -> String = { $0 }, sink: @escaping @Sendable (String) -> Void
    ) {
        self.format = format
        self.level = level
        self.now = now
        self.redact = redact
        self.sink = sink
    }
}
