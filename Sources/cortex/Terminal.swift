import Configuration
import Diagnosis
import FoundationEssentials
import Glibc
import JSON
import Logging
import Synchronization

/// The program's own output. A line is one write, so that lines of several threads do not mix.
enum Terminal {
    static func out(_ line: String) {
        guard let failure = write(line, to: STDOUT_FILENO) else { return }
        loss.withLock { $0 = $0 ?? failure }
    }

    static func error(_ line: String) { _ = write(line, to: STDERR_FILENO) }

    /// Why something of the standard output is lost, as on a full disk; nil while nothing is. A reader that has gone
    /// has seen what it wanted.
    static var lost: String? { loss.withLock { $0 } }

    private static let loss = Mutex<String?>(nil)

    /// The least that is logged, which a change of the configuration file may move.
    static let level = LogLevel(.info)

    /// The log: one line an event, with the time in UTC and without secrets.
    static func logger(
        component: String, _ configuration: Configuration, to sink: @escaping @Sendable (String) -> Void
    ) -> Logger {
        level.set(configuration.logLevel)
        return Logger(
            component: component,
            to: LogOutput(
                format: configuration.isLogJSON ? .json : .text, level: level,
                now: { RFC3339.string(from: milliseconds(Date())) }, redact: { Redaction.secrets(in: $0) },
                sink: sink))
    }

    private static func milliseconds(_ date: Date) -> Date {
        Date(timeIntervalSince1970: (date.timeIntervalSince1970 * 1000).rounded() / 1000)
    }

    /// - Returns: why it could not be written, if anybody wanted it.
    private static func write(_ line: String, to descriptor: Int32) -> String? {
        var bytes = Array(line.utf8) + [10]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                bytes.removeFirst(written)
            } else if errno != EINTR {
                // A program that heals does not stop for that.
                return errno == EPIPE ? nil : String(cString: strerror(errno))
            }
        }
        return nil
    }
}

extension LogLevel {
    /// - Parameter name: one that the configuration has checked.
    func set(_ name: String) {
        if let level = Logger.Level(rawValue: name) { set(level) }
    }
}
