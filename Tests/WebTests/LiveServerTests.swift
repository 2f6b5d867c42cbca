import FoundationEssentials
import HTTPClient
import HTTPServer
import JSON
import Tasks
import TestSupport
import Testing

@testable import Web

/// The same API behind the real server, asked by the real client.
@Suite("over HTTP")
struct LiveServerTests {
    private static func serve(_ house: WebHouse) throws -> (server: HTTPServer, url: String) {
        let server = HTTPServer(handler: house.handler)
        house.statistics.attach(server)
        let port = try server.start(address: "127.0.0.1", port: 0)
        return (server, "http://127.0.0.1:\(port)")
    }

    private static func post(_ url: String, _ body: String) -> HTTPRequest {
        HTTPRequest(
            method: "POST", url: url + "/api/tasks", headers: [("Content-Type", "application/json")],
            body: Data(body.utf8))
    }

    @Test("a task is answered as JSON when its client waits, however long its tool takes")
    func waiting() async throws {
        let house = WebHouse(isOpen: false)
        let (server, url) = try Self.serve(house)
        let transport = CurlTransport()
        async let response = transport.send(
            Self.post(url, #"{"query": "list sandfly hosts", "streaming": false, "id": "mine"}"#))
        #expect(await eventually { house.tasks.task("mine")?.snapshot.eventCount == 2 })
        house.gate.open()
        let answer = try await response
        #expect(answer.status == 200)
        #expect(try JSONValue(parsing: Array(answer.body))["status"] == "completed")
        await server.shutdown(grace: .seconds(30))
        transport.shutdown()
    }

    @Test("a client that leaves in mid-stream and comes back has every event once")
    func comingBack() async throws {
        let house = WebHouse(isOpen: false)
        let (server, url) = try Self.serve(house)
        let transport = CurlTransport()
        var text = ""
        do {
            let response = try await transport.stream(Self.post(url, #"{"query": "list sandfly hosts", "id": "mine"}"#))
            for try await chunk in response.body {
                text += String(decoding: chunk, as: UTF8.self)
                if text.contains("id: 2\n"), text.hasSuffix("\n\n") { break }
            }
        }
        #expect(await eventually { house.streams.count == 0 })
        house.gate.open()
        let again = HTTPRequest(url: url + "/api/tasks/mine/events", headers: [("Last-Event-ID", "2")])
        let rest = try await transport.send(again)
        #expect(rest.headers["content-type"] == "text/event-stream")
        text += String(decoding: rest.body, as: UTF8.self)
        let numbers = text.split(separator: "\n").filter { $0.hasPrefix("id: ") }
        #expect(numbers == ["id: 1", "id: 2", "id: 3", "id: 4"])
        await server.shutdown(grace: .seconds(30))
        transport.shutdown()
    }

    @Test("HEAD has the head of GET and no body, and the metrics count it")
    func head() async throws {
        let house = WebHouse()
        let (server, url) = try Self.serve(house)
        let transport = CurlTransport()
        let response = try await transport.send(HTTPRequest(method: "HEAD", url: url + "/health"))
        #expect(response.status == 200)
        #expect(response.body.isEmpty)
        let metrics = try await transport.send(HTTPRequest(url: url + "/metrics"))
        #expect(String(decoding: metrics.body, as: UTF8.self).contains("cortex_http_requests_total 2\n"))
        await server.shutdown(grace: .seconds(30))
        transport.shutdown()
    }

    @Test("when Cortex stops, an open stream gets its end before it is closed")
    func stopping() async throws {
        let house = WebHouse(isOpen: false)
        let (server, url) = try Self.serve(house)
        let transport = CurlTransport()
        async let response = transport.send(Self.post(url, #"{"query": "list sandfly hosts", "id": "mine"}"#))
        #expect(await eventually { house.streams.count == 1 })
        async let closed: Void = server.shutdown(grace: .seconds(30))
        await house.tasks.stop(grace: .milliseconds(1))
        let text = String(decoding: try await response.body, as: UTF8.self)
        #expect(text.contains(#""type":"processing_delay""#))
        #expect(text.contains(#""type":"error""#))
        #expect(text.contains(#""status":"failed""#))
        await closed
        house.gate.open()
        transport.shutdown()
    }
}
