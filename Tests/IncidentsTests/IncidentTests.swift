import Testing

@testable import Incidents

@Suite("Joining an incident")
struct IncidentTests {
    private let start = HealingEvent.started(service: "web", issue: "connection refused")
    private let end = HealingEvent.completed(service: "web", message: "2 of 2 replicas ready")

    private func all(_ stream: AsyncStream<HealingEvent>?) async -> [HealingEvent] {
        var events: [HealingEvent] = []
        for await event in stream ?? AsyncStream(unfolding: { nil }) { events.append(event) }
        return events
    }

    @Test("who joins sees it from its beginning to its end; when it is over there is nothing to join")
    func joins() async {
        let incident = Incident(id: "1")
        let early = incident.join()
        incident.publish(start)
        let late = incident.join()
        incident.publish(end)
        #expect(await all(early) == [start, end])
        #expect(await all(late) == [start, end])
        #expect(incident.join() == nil)
    }
}
