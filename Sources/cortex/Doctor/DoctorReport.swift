import Configuration
import FoundationEssentials
import JSON
import Logging

/// What `cortex doctor` prints.
struct DoctorReport {
    var checks: [DoctorCheck]
    /// Nil when the configuration cannot be used.
    var configuration: EffectiveConfiguration?
    /// The keys of the settings that are not at their default.
    var changed: [String] = []
    /// Whether it could look at all: with a configuration it can use and an API server that answers.
    var couldLook = true

    /// 0 nothing failed, 1 something did, 2 the doctor could not look.
    var exitCode: Int32 {
        guard couldLook else { return 2 }
        return count(.failed) == 0 ? ExitCode.success : ExitCode.failure
    }

    func count(_ state: DoctorCheck.State) -> Int { checks.count { $0.state == state } }

    /// Shape: `version`, `healthy`, `couldLook`, `summary {ok, warning, failed, skipped}`, `checks [{area, name, state,
    /// detail, remedy?}]`, and `configuration` as `cortex config -o json` prints it, or null.
    func json() throws -> String {
        let summary = Dictionary(
            uniqueKeysWithValues: DoctorCheck.State.allCases.map { ($0.rawValue, JSONValue.integer(Int64(count($0)))) })
        let value: JSONValue = [
            "version": .string(VersionCommand.version), "healthy": .bool(exitCode == 0), "couldLook": .bool(couldLook),
            "summary": .object(summary), "checks": .array(checks.map(Self.value)),
            "configuration": configuration?.json ?? .null,
        ]
        return String(decoding: try JSONCoding.encode(value, pretty: true), as: UTF8.self)
    }

    /// For a person: area by area, the remedy below what failed.
    var text: String {
        var lines = ["Cortex \(VersionCommand.version)"]
        for area in DoctorCheck.Area.allCases {
            let own = checks.filter { $0.area == area }
            guard !own.isEmpty else { continue }
            lines += ["", area.rawValue]
            if area == .configuration, let configuration {
                lines += changed.map { "  set       \($0) = \(configuration.text($0))  (\(configuration.origin($0)))" }
            }
            for check in own {
                lines.append("  \(Self.mark(check.state))\(check.name): \(check.detail)".escapedForTerminal)
                if let remedy = check.remedy { lines.append("            → \(remedy)".escapedForTerminal) }
            }
        }
        let counts = DoctorCheck.State.allCases.map { "\(count($0)) \($0.rawValue)" }
        return (lines + ["", counts.joined(separator: ", ")]).joined(separator: "\n")
    }

    private static func mark(_ state: DoctorCheck.State) -> String {
        let word = state == .failed ? "FAILED" : state.rawValue
        return word + String(repeating: " ", count: 10 - word.count)
    }

    private static func value(_ check: DoctorCheck) -> JSONValue {
        var members: [String: JSONValue] = [
            "area": .string(check.area.rawValue), "name": .string(check.name), "state": .string(check.state.rawValue),
            "detail": .string(check.detail),
        ]
        if let remedy = check.remedy { members["remedy"] = .string(remedy) }
        return .object(members)
    }
}
