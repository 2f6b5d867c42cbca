import Diagnosis
import Healing
import Incidents
import JSON
import Kubernetes
import Logging

/// What `cortex diagnose -A` prints: every workload that is not in order, the worst first.
struct SurveyReport {
    private let survey: Survey

    init(_ survey: Survey) { self.survey = survey }

    /// Shape: `namespaces [name]`, `workloads`, `healthy`, `diagnoses [as of one target]`, `unread [text]`.
    var value: JSONValue {
        [
            "namespaces": .array(survey.namespaces.map { .string($0) }),
            "workloads": .integer(Int64(survey.examinations.count)),
            "healthy": .integer(Int64(survey.examinations.count - survey.unhealthy.count)),
            "diagnoses": .array(survey.unhealthy.map { DiagnosisReport($0).value }),
            "unread": .array(survey.unread.map { .string($0) }),
        ]
    }

    var text: String {
        let bad = survey.unhealthy
        let place = "in \(survey.namespaces.count) namespace\(survey.namespaces.count == 1 ? "" : "s")"
        var lines =
            bad.isEmpty
            ? ["All \(survey.examinations.count) workloads \(place) are in order."]
            : ["\(bad.count) of \(survey.examinations.count) workloads \(place) are not in order, the worst first:"]
        for examination in bad {
            let verdict = examination.verdict
            let cause = verdict.cause?.id.rawValue ?? "unknown"
            lines.append(
                "  \(verdict.target.namespace)/\(verdict.target.name) (\(verdict.target.kind.rawValue)): \(cause), "
                    + "would \(examination.plan.action.rawValue)")
        }
        for examination in bad { lines += ["", "---", DiagnosisReport(examination).text] }
        if !survey.unread.isEmpty {
            lines += ["", "Not everything could be seen:"] + survey.unread.map { "  - \($0.escapedForTerminal)" }
        }
        return lines.joined(separator: "\n")
    }
}
