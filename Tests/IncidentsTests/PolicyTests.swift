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

    @Test("and so do budgets, with what was changed before they changed")
    func budget() async throws {
        let desk = try Desk()
        defer { desk.remove() }
        _ = await desk.heal()
        #expect(desk.cluster.writes.count == 1)
        desk.cluster.scale(to: 0)
        desk.desk.surroundings.ledger.use(HealingBudget(perWorkload: 1))
        guard case .failed(_, let message, _)? = await desk.heal().last else {
            Issue.record("the smaller budget did not count")
            return
        }
        #expect(message.contains("the budget of 1 changes of"), "\(message)")
        #expect(desk.cluster.writes.count == 1)
        desk.desk.surroundings.ledger.use(HealingBudget(perWorkload: 2))
        _ = await desk.heal()
        #expect(desk.cluster.writes.count == 2)
    }
}
