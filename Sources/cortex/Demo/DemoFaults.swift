import Configuration
import Simulation

extension FaultName {
    /// What is said of a word that names no fault.
    static func unknown(_ word: String) -> String {
        let near = Nearest.to(word, among: allCases.map(\.rawValue))
        return "there is no fault “\(word)”" + (near.map { "; did you mean \($0)?" } ?? "")
    }
}

/// The faults of a demo, as a person reads them and writes their parameters.
enum DemoFaults {
    /// A line for every fault.
    static var all: String { FaultName.allCases.map(line).joined(separator: "\n") }

    /// `crash-new-revision          log=“cannot parse settings” code=“1”`
    static func line(_ fault: FaultName) -> String {
        let parameters = fault.parameters.map { "\($0.name)=“\($0.standard)”" }.joined(separator: " ")
        guard !parameters.isEmpty else { return fault.rawValue }
        return fault.rawValue + String(repeating: " ", count: max(1, 26 - fault.rawValue.count)) + parameters
    }

    /// What `--with` says. A comma that no `NAME=` follows belongs to the value before it.
    /// - Throws: `UsageError` for what has no name.
    static func given(_ text: String?) throws(UsageError) -> [String: String] {
        guard let text else { return [:] }
        var values: [String: String] = [:]
        var last: String?
        for part in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
            let name = part.prefix { $0 != "=" }
            if name.count < part.count, !name.isEmpty, name.allSatisfy({ $0.isLetter }) {
                last = String(name)
                values[String(name)] = String(part.dropFirst(name.count + 1))
            } else if let last {
                values[last, default: ""] += "," + part
            } else {
                throw UsageError("--with takes NAME=VALUE, not “\(text)”", Commands.demo.usage)
            }
        }
        return values
    }
}
