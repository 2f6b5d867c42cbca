import Diagnosis
import FoundationEssentials
import Healing
import Incidents
import JSON
import Kubernetes
import Logging

/// What `cortex diagnose` prints.
struct DiagnosisReport {
    private let verdict: Verdict
    private let plan: Plan

    init(_ examination: Examination) {
        verdict = examination.verdict
        plan = examination.plan
    }

    /// Shapes: `target {kind, namespace, name}`, `healthy`, `cause {id, summary}` or null,
    /// `findings [{id, object, message, evidence [{object, field, value, time?}]}]`, `plan {action, object, detail}` or
    /// null, `advice` or null.
    func json() throws -> String {
        let value: JSONValue = [
            "target": [
                "kind": .string(verdict.target.kind.rawValue), "namespace": .string(verdict.target.namespace),
                "name": .string(verdict.target.name),
            ],
            "healthy": .bool(verdict.healthy),
            "cause": verdict.cause.map { ["id": .string($0.id.rawValue), "summary": .string($0.summary)] } ?? .null,
            "findings": .array(verdict.findings.map(Self.value)),
            "plan": verdict.healthy
                ? .null
                : [
                    "action": .string(plan.action.rawValue), "object": Self.value(plan.object),
                    "detail": .string(plan.detail),
                ],
            "advice": plan.advice.map { .string($0) } ?? .null,
        ]
        return String(decoding: try JSONCoding.encode(value, pretty: true), as: UTF8.self)
    }

    /// For a person: what is wrong, how it is known, what would be done.
    var text: String {
        var lines = ["\(verdict.target) in \(verdict.target.namespace): \(verdict.healthy ? "healthy" : "not healthy")"]
        if let cause = verdict.cause { lines += ["", "Cause: \(cause.id.rawValue)", "  \(cause.summary)"] }
        if !verdict.findings.isEmpty { lines += ["", "Findings:"] }
        for finding in verdict.findings {
            lines.append("  - \(finding.message)")
            for evidence in finding.evidence {
                let time = evidence.time.map { " (\(RFC3339.string(from: $0)))" } ?? ""
                lines.append("      \(evidence.object) \(evidence.field): \(evidence.value)\(time)")
            }
        }
        if !verdict.healthy {
            lines += ["", "Plan: \(plan.action.rawValue) \(plan.object)", "  \(plan.detail)"]
            if let advice = plan.advice { lines += ["", "By hand:", "  \(advice)"] }
        }
        return lines.map(\.escapedForTerminal).joined(separator: "\n")
    }

    private static func value(_ finding: Finding) -> JSONValue {
        [
            "id": .string(finding.id), "object": value(finding.object), "message": .string(finding.message),
            "evidence": .array(
                finding.evidence.map { evidence in
                    var members: [String: JSONValue] = [
                        "object": value(evidence.object), "field": .string(evidence.field),
                        "value": .string(evidence.value),
                    ]
                    if let time = evidence.time { members["time"] = .string(RFC3339.string(from: time)) }
                    return .object(members)
                }),
        ]
    }

    private static func value(_ object: ObjectReference) -> JSONValue {
        var members: [String: JSONValue] = ["kind": .string(object.kind), "name": .string(object.name)]
        if let namespace = object.namespace { members["namespace"] = .string(namespace) }
        return .object(members)
    }
}
