/// Writes one line an event: `[2026-11-24T05:00:00.123Z] [HEAL-WORKER] message`.
///
/// The seam where swift-log comes in when packages resolve. A message is data: control characters in it are escaped,
/// so that nothing a pod or a user says can forge a line or drive a terminal.
public struct Logger: Sendable {
    public enum Level: Int, Sendable, Comparable, CaseIterable {
        case debug, info, warning, error
        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// What stands in the second pair of brackets: `SERVE`, `HEAL`, `HEAL-WORKER`.
    public let component: String
    private let minimum: Level
    private let sink: @Sendable (String) -> Void
    private let now: @Sendable () -> String

    /// - Parameters:
    ///   - now: the time as it is to be printed, ISO 8601.
    ///   - sink: takes one line without its newline, from any thread.
    public init(
        component: String, minimum: Level = .info, now: @escaping @Sendable () -> String,
        sink: @escaping @Sendable (String) -> Void
    ) {
        self.component = component
        self.minimum = minimum
        self.now = now
        self.sink = sink
    }

    public func debug(_ message: @autoclosure () -> String) { log(.debug, message()) }
    public func info(_ message: @autoclosure () -> String) { log(.info, message()) }
    public func warning(_ message: @autoclosure () -> String) { log(.warning, message()) }
    public func error(_ message: @autoclosure () -> String) { log(.error, message()) }

    /// The same log under another name.
    public func named(_ component: String) -> Logger {
        Logger(component: component, minimum: minimum, now: now, sink: sink)
    }

    /// The same log, each line also given to another place.
    public func teed(to other: @escaping @Sendable (String) -> Void) -> Logger {
        let sink = self.sink
        return Logger(component: component, minimum: minimum, now: now) { line in
            sink(line)
            other(line)
        }
    }

    private func log(_ level: Level, _ message: @autoclosure () -> String) {
        guard level >= minimum else { return }
        let mark = level >= .warning ? "\(level == .warning ? "WARNING" : "ERROR"): " : ""
        sink("[\(now())] [\(component)] \(mark)\(message().escapedForTerminal)")
    }
}

extension String {
    /// Control characters (C0, DEL, C1) as `\u{XX}`; everything else as it is.
    public var escapedForTerminal: String {
        guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.properties.generalCategory == .control {
                text += scalar == "\n" ? "\\n" : scalar == "\t" ? "\\t" : "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }
}
