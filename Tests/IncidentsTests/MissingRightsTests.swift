import Diagnosis
import Healing
import Kubernetes
import Testing

@testable import Incidents

@Suite("Rights that turn out to be missing")
struct MissingRightsTests {
    private let refusal = APIError.status(APIStatus(code: 403, reason: "Forbidden", message: "forbidden"))

    private func heal(without verb: String, _ plural: String) async throws -> (events: [HealingEvent], said: [String]) {
        let desk = try Desk()
        defer { desk.remove() }
        desk.cluster.refuse(verb, plural, refusal)
        let events = await desk.heal()
        let rule = "--verb=\(verb) --resource=\(plural)"
        return (
            events,
            events.compactMap { if case .progress(_, let text) = $0 { text } else { nil } }
                .filter { $0.contains(rule) }
        )
    }

    @Test(
        "what a healing can do without is told once, with the rule, and done without",
        arguments: [("create", "events"), ("list", "nodes"), ("get", "services"), ("get", "endpoints")])
    func helpful(verb: String, plural: String) async throws {
        let (events, said) = try await heal(without: verb, plural)
        guard case .completed? = events.last else {
            Issue.record("not healed: \(events)")
            return
        }
        #expect(said.count == 1, "\(events)")
    }

    @Test("a namespace whose mark may not be seen is left alone, with the rule")
    func namespace() async throws {
        let desk = try Desk()
        defer { desk.remove() }
        desk.cluster.refuse("get", "namespaces", refusal)
        guard case .failed(_, _, let advice)? = await desk.heal().last else {
            Issue.record("it was healed all the same")
            return
        }
        #expect(advice.contains("--verb=get --resource=namespaces -n shop"))
        #expect(desk.cluster.writes.isEmpty)
    }
}
