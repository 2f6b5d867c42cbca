import FoundationEssentials
import HTTPServer
import Healing
import Incidents
import JSON
import Testing

@testable import Web

@Suite("incidents over the API")
struct IncidentTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func record(
        _ id: String, _ namespace: String = "shop", state: IncidentRecord.State = .healed, after: Double
    )
        -> IncidentRecord
    {
        let time = start.addingTimeInterval(after)
        var record = IncidentRecord(
            id: id, trigger: .watch, namespace: namespace, service: "web", symptom: "crashing", issue: "it crashes",
            visible: start, detected: time)
        record.state = state
        return record
    }

    private func house() async -> WebHouse {
        let house = WebHouse(incidents: [
            record("a", after: 1), record("b", "tools", after: 2), record("c", state: .escalated, after: 3),
        ])
        await house.loadIncidents()
        return house
    }

    @Test(
        "they are listed, the newest first, by state and namespace",
        arguments: [
            ([], ["c", "b", "a"]), ([("state", "healed")], ["b", "a"]), ([("namespace", "shop")], ["c", "a"]),
            ([("state", "healed"), ("namespace", "tools")], ["b"]),
        ])
    func list(query: [(name: String, value: String)], ids: [String]) async {
        let response = await house().ask("GET", "/api/incidents", query: query)
        #expect(response.status == 200)
        #expect(response.json?["incidents"]?.arrayValue?.map { $0["id"]?.stringValue } == ids)
    }

    @Test("one is shown whole")
    func one() async {
        let json = await house().ask("GET", "/api/incidents/a").json
        #expect(json?["steps"]?[0]?["kind"] == "detected")
        #expect(json?["times"]?["visible"]?.stringValue?.hasPrefix("2027-") == true)
    }

    @Test("an unknown id is 404 and an unknown state 400, with what there is")
    func unknown() async {
        let house = await house()
        #expect(await house.ask("GET", "/api/incidents/nope").status == 404)
        let response = await house.ask("GET", "/api/incidents", query: [("state", "nope")])
        #expect(response.status == 400)
        #expect(response.text.contains("escalated"))
    }

    @Test("everything that happens is one stream, from now on or after an event")
    func events() async throws {
        let house = await house()
        let incident = record("d", after: 4)
        house.feed.incidentChanged(incident, step: incident.steps.first)
        let early = Client()
        try await house.ask("GET", "/api/events", query: [("after", "0")]).open(early)
        let late = Client()
        try await house.ask("GET", "/api/events").open(late)
        #expect(early.text.contains(#""type":"incident_opened""#))
        #expect(!late.text.contains("incident_opened"))
        house.feed.incidentChanged(incident, step: .init(at: start, kind: .closed, message: "healed"))
        #expect(late.text.contains(#""type":"incident_closed""#))
        #expect(early.numbers.count == 2)
    }
}
