import Healing
import Testing

@testable import Incidents

@Suite("A policy that changes while Cortex runs")
struct PolicyTests {
    @Test("counts for the healings that begin after it")
    func use() async throws {
        let desk = try Desk()
        defer { desk.remove() }
        desk.desk.use(HealingPolicy(namespaces: ["elsewhere"], settle: .milliseconds(20)))
        let events = await desk.heal()
        guard case .failed(_, let message, _)? = events.last else {
            Issue.record("it was not refused: \(events)")
            return
        }
        #expect(message.contains("not one that Cortex heals"))
        #expect(desk.cluster.writes.isEmpty)
    }
}
