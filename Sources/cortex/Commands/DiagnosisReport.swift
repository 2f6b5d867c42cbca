import Diagnosis
import FoundationEssentials
import Healing
import Incidents
import JSON
import Kubernetes
import Logging

/// What `cortex diagnose` says of one target.
struct DiagnosisReport {
    private let verdict: Verdict
    private let plan: Plan
    private let now: Date

    init(_ examination: Examination) {
        verdict = examination.verdict
        plan = examination.plan
        now = examination.snapshot.takenAt
    }

    /// Shapes: `target {kind, namespace, name}`, `healthy`, `cause` or null, `others [cause]`,
    /// `findings [{id, object, message, evidence [{object, field, value, time?}]}]`,
    /// `changes [{object, what, time?, by?}]`, `plan {action, object, detail}` or null, `advice` or null, `avoid` or
    /// null. A cause is `{id, summary, object, confidence, evidence, against, victims}`.
    var value: JSONValue {
        [
            "target": [
                "kind": .string(verdict.target.kind.rawValue), "namespace": .string(verdict.target.namespace),
                "name": .string(verdict.target.name),
            ],
            "healthy": .bool(verdict.healthy),
            "cause": verdict.cause.map(Self.value) ?? .null,
            "others": .array(verdict.others.map(Self.value)),
            "findings": .array(verdict.findings.map(Self.value)),
            "changes": .array(verdict.changes.map(Self.value)),
            "plan": verdict.healthy
                ? .null
                : [
                    "action": .string(plan.action.rawValue), "object": Self.value(plan.object),
                    "detail": .string(plan.detail),
                ],
            "advice": plan.advice.map { .string($0) } ?? .null,
            "avoid": verdict.cause.flatMap(Advice.avoid).map { .string($0) } ?? .null,
        ]
    }

    /// For a person: what is wrong, how it is known, what changed, what to do and what not.
    var text: String {
        let place = "\(verdict.target) in \(verdict.target.namespace)"
        if verdict.healthy {
            return ([("\(place) is healthy.")] + list("Noted", verdict.findings.map(\.message)))
                .map(\.escapedForTerminal).joined(separator: "\n")
        }
        let cause = verdict.cause
        let name = cause.map { ": \($0.id.rawValue) (\(Int(($0.confidence * 100).rounded())) % sure)" } ?? ""
        var lines = ["\(place) is not healthy\(name)"]
        if let cause { lines += ["", "What is wrong", "  \(cause.summary)"] }
        lines += findings
        lines += list("What speaks against it", cause?.against ?? [])
        lines += list("What fails only because of it", (cause?.victims ?? []).map(\.description))
        lines += list("What changed lately", verdict.changes.map { $0.words(at: now) })
        lines += list("Also wrong, to be healed after it", verdict.others.map { "\($0.id.rawValue): \($0.summary)" })
        // What is wrong has been said above.
        let isSaid = plan.action == .escalate && plan.detail == cause?.summary
        let detail = isSaid ? "nothing by myself; this is for a person" : plan.detail
        lines += ["", "What I would do", "  \(plan.action.rawValue) \(plan.object): \(detail)"]
        let byHand = "Look at it by hand: "
        if let advice = plan.advice {
            lines += ["  By hand: \(advice.hasPrefix(byHand) ? String(advice.dropFirst(byHand.count)) : advice)"]
        }
        if let avoid = cause.flatMap(Advice.avoid) { lines += ["", "What I would not do", "  \(avoid)"] }
        return lines.map(\.escapedForTerminal).joined(separator: "\n")
    }

    private var findings: [String] {
        guard !verdict.findings.isEmpty else { return [] }
        return ["", "How I know"]
            + verdict.findings.flatMap { finding in
                ["  - \(finding.message)"]
                    + finding.evidence.map { evidence in
                        let time = evidence.time.map { " (\(RFC3339.string(from: $0)))" } ?? ""
                        return "      \(evidence.object) \(evidence.field): \(evidence.value)\(time)"
                    }
            }
    }

    private func list(_ title: String, _ items: [String]) -> [String] {
        items.isEmpty ? [] : ["", title] + items.map { "  - \($0)" }
    }

    private static func value(_ cause: Cause) -> JSONValue {
        [
            "id": .string(cause.id.rawValue), "summary": .string(cause.summary), "object": value(cause.object),
            "confidence": .number(cause.confidence), "evidence": .array(cause.evidence.map(value)),
            "against": .array(cause.against.map { .string($0) }), "victims": .array(cause.victims.map(value)),
        ]
    }

    private static func value(_ change: Change) -> JSONValue {
        var members: [String: JSONValue] = ["object": value(change.object), "what": .string(change.what)]
        if let time = change.time { members["time"] = .string(RFC3339.string(from: time)) }
        if let by = change.by { members["by"] = .string(by) }
        return .object(members)
    }

    private static func value(_ finding: Finding) -> JSONValue {
        [
            "id": .string(finding.id), "object": value(finding.object), "message": .string(finding.message),
            "evidence": .array(finding.evidence.map(value)),
        ]
    }

    private static func value(_ evidence: Evidence) -> JSONValue {
        var members: [String: JSONValue] = [
            "object": value(evidence.object), "field": .string(evidence.field), "value": .string(evidence.value),
        ]
        if let time = evidence.time { members["time"] = .string(RFC3339.string(from: time)) }
        return .object(members)
    }

    private static func value(_ object: ObjectReference) -> JSONValue {
        var members: [String: JSONValue] = ["kind": .string(object.kind), "name": .string(object.name)]
        if let namespace = object.namespace { members["namespace"] = .string(namespace) }
        return .object(members)
    }
}
