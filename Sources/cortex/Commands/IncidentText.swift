import Diagnosis
import FoundationEssentials
import Healing
import Incidents
import JSON
import Kubernetes
import Logging

/// Incidents for a person. What comes from the cluster is escaped for the terminal.
enum IncidentText {
    static func table(_ incidents: [IncidentRecord]) -> String {
        guard !incidents.isEmpty else { return "No incidents." }
        let head = ["ID", "STATE", "NAMESPACE", "SERVICE", "CAUSE", "ACTION", "DETECTED", "TOOK"]
        let rows = incidents.map { incident in
            [
                incident.id, incident.state.rawValue, incident.namespace, incident.service, incident.cause ?? "-",
                incident.plan?.action.rawValue ?? "-", time(incident.times.detected),
                incident.times.closed.map { seconds(from: incident.times.detected, to: $0) } ?? "-",
            ].map(\.escapedForTerminal)
        }
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        return ([head] + rows).map { row in
            row.indices.map { index in
                index == row.count - 1
                    ? row[index] : row[index] + String(repeating: " ", count: widths[index] - row[index].count)
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    static func page(_ incident: IncidentRecord) -> String {
        var lines = [
            "Incident \(incident.id): \(incident.service) in \(incident.namespace), \(incident.state.rawValue)",
            "  seen by a \(incident.trigger.rawValue)" + (incident.symptom.map { " (\($0))" } ?? "")
                + ": \(incident.issue)",
        ]
        if let policy = incident.policy { lines.append("  policy: \(policy.rawValue)") }
        if let cause = incident.cause { lines += ["", "Cause: \(cause)", "  \(incident.diagnosis ?? "")"] }
        if let victims = incident.victims {
            lines += ["", "Suffering from the same:"] + victims.map { "  - \($0) in \($0.namespace)" }
        }
        if !incident.findings.isEmpty {
            lines += ["", "Findings:"] + incident.findings.map { "  - \($0.message)" }
        }
        if let plan = incident.plan {
            lines += ["", "Plan: \(plan.action.rawValue) \(plan.object)", "  \(plan.detail)"]
        }
        lines += ["", "Steps:"]
        for step in incident.steps {
            let after = seconds(from: incident.times.visible, to: step.at)
            lines.append("  \(time(step.at))  +\(after)  \(step.kind.rawValue): \(step.message)")
        }
        if let before = incident.before { lines += ["", "Before: \(words(before))"] }
        if let after = incident.after { lines += ["After:  \(words(after))"] }
        if let message = incident.message { lines += ["", "Result: \(incident.state.rawValue)", "  \(message)"] }
        if let advice = incident.recommendation, !advice.isEmpty { lines += ["", "By hand:", "  \(advice)"] }
        return lines.map(\.escapedForTerminal).joined(separator: "\n")
    }

    /// One event of the stream in one line.
    static func line(_ event: JSONValue) -> String {
        let words = ["time", "incident", "service", "state", "step"].compactMap { event[$0]?.stringValue }
        return (words.joined(separator: "  ") + ": " + (event["message"]?.stringValue ?? "")).escapedForTerminal
    }

    private static func words(_ state: WorkloadState) -> String {
        var words = ["\(state.ready) of \(state.desired) replicas ready"]
        if let revision = state.revision { words.append("revision \(revision)") }
        if !state.images.isEmpty { words.append("image " + state.images.joined(separator: ", ")) }
        if let addresses = state.addresses { words.append("\(addresses) address\(addresses == 1 ? "" : "es")") }
        return words.joined(separator: ", ")
    }

    private static func time(_ date: Date) -> String {
        RFC3339.string(from: Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded()))
    }

    private static func seconds(from start: Date, to end: Date) -> String {
        let tenths = Int((end.timeIntervalSince(start) * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10)) s"
    }
}
