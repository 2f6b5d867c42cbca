import HTTPServer
import JSON
import Tasks
import TestSupport
import Testing

@testable import Web

@Suite("the API")
struct APIHandlerTests {
    @Test(
        "a body without a query is refused in the contract's words",
        arguments: [
            "", "{}", #"{"query": ""}"#, #"{"query": null}"#, #"{"query": " "}"#, #"{"payload": {}}"#,
            #"{"payload": "text"}"#,
        ])
    func noQuery(_ body: String) async {
        let response = await WebHouse().ask("POST", "/api/tasks", body)
        #expect(response.status == 400)
        #expect(response.text == #"{"error":"No query provided"}"#)
    }

    @Test(
        "a body that cannot be a task is refused with what is wrong",
        arguments: [
            ("query=list", 400, "not JSON at byte 0"), (#"{"query": "a""#, 400, "a comma or }"),
            ("[]", 400, "must be a JSON object"), (#"{"query": 1}"#, 400, "“query” must be a text"),
            (#"{"query": "a", "streaming": "yes"}"#, 400, "“streaming” must be true or false"),
            (#"{"query": "a", "id": 7}"#, 400, "“id” must be a text"),
            (#"{"query": "a", "id": "../x"}"#, 400, "1 to 128 letters"),
            (#"{"query": "\#(String(repeating: "a", count: 17_000))"}"#, 413, "at most 16384"),
            (String(repeating: "[", count: 5000), 400, "64 levels"),
            (#"{"query": "\ud800", "x": "\q"}"#, 400, "escape"),
        ])
    func badBody(_ body: String, _ status: Int, _ message: String) async {
        let response = await WebHouse().ask("POST", "/api/tasks", body)
        #expect(response.status == status)
        #expect(response.json?["error"]?.stringValue?.contains(message) == true, "\(response.text)")
    }

    @Test(
        "the query may stand in the payload, and unknown fields do no harm",
        arguments: [
            #"{"query": "list sandfly hosts", "streaming": false, "model": {"a": [1, 2.5e3]}}"#,
            #"{"payload": {"query": "list sandfly hosts"}, "streaming": false}"#,
        ])
    func answered(_ body: String) async {
        let response = await WebHouse().ask("POST", "/api/tasks", body)
        #expect(response.status == 200)
        #expect(response.json?["id"] == "task-1")
        #expect(response.json?["status"] == "completed")
        #expect(response.json?["result"]?["text"] == "pve-01\n\"pve-02\"")
    }

    @Test("a stream is the default")
    func streamed() async throws {
        let house = WebHouse()
        let response = await house.ask("POST", "/api/tasks", #"{"query": "list sandfly hosts"}"#)
        #expect(response.header("Content-Type") == "text/event-stream")
        #expect(response.header("Cache-Control") == "no-cache")
        #expect(response.header("X-Accel-Buffering") == "no")
        let client = Client()
        try response.open(client)
        #expect(await eventually { client.isFinished })
        #expect(client.numbers == [1, 2, 3, 4])
    }

    @Test("a failed task is answered with 200 and says so itself")
    func failed() async {
        let response = await WebHouse().ask("POST", "/api/tasks", #"{"query": "order a pizza", "streaming": false}"#)
        #expect(response.status == 200)
        #expect(response.json?["status"] == "failed")
    }

    @Test("the same POST again joins its task; another query under its id is a conflict")
    func repeated() async {
        let house = WebHouse()
        let body = #"{"query": "list sandfly hosts", "id": "mine", "streaming": false}"#
        #expect(await house.ask("POST", "/api/tasks", body).json?["id"] == "mine")
        #expect(await house.ask("POST", "/api/tasks", body).json?["id"] == "mine")
        let other = #"{"query": "list alerts", "id": "mine"}"#
        #expect(await house.ask("POST", "/api/tasks", other).status == 409)
    }

    @Test("a task can be asked for while it runs and afterwards")
    func shown() async throws {
        let house = WebHouse(isOpen: false)
        let task = try house.begin("mine")
        let running = await house.ask("GET", "/api/tasks/mine")
        #expect(running.json?["status"] == "running")
        #expect(running.json?["result"] == .null)
        house.gate.open()
        await task.finished()
        let ended = await house.ask("GET", "/api/tasks/mine").json
        #expect(ended?["status"] == "completed")
        #expect(ended?["query"] == "list sandfly hosts")
        #expect(ended?["events"] == 4)
        #expect(await house.ask("GET", "/api/tasks/other").status == 404)
    }

    @Test("above the limit and while stopping, a client is told when to come again")
    func refused() async throws {
        var limits = TaskLimits()
        limits.maximumRunning = 1
        let house = WebHouse(isOpen: false, limits: limits)
        _ = try house.begin("mine")
        let body = #"{"query": "list sandfly hosts"}"#
        let busy = await house.ask("POST", "/api/tasks", body)
        #expect(busy.status == 503)
        #expect(busy.header("Retry-After") == "5")
        house.gate.open()
        await house.tasks.stop(grace: .seconds(3600))
        let stopping = await house.ask("POST", "/api/tasks", body)
        #expect(stopping.status == 503)
        #expect(stopping.text.contains("stopping"))
    }

    @Test(
        "what is not there is 404, a wrong method 405 with what is allowed",
        arguments: [
            ("GET", "/nothing", 404, nil), ("GET", "/api/tasks/", 404, nil), ("GET", "/api/tasks/a/b", 404, nil),
            ("GET", "/api/tasks//events", 404, nil), ("GET", "/health/", 404, nil),
            ("GET", "/api/tasks", 405, "POST, OPTIONS"), ("PUT", "/health", 405, "GET, HEAD, OPTIONS"),
            ("DELETE", "/api/tasks/a", 405, "GET, HEAD, OPTIONS"), ("HEAD", "/health", 200, nil),
            ("GET", "/livez", 200, nil), ("GET", "/readyz", 200, nil), ("GET", "/metrics", 200, nil),
            ("GET", "/", 200, nil), ("OPTIONS", "/api/tasks", 204, "POST, OPTIONS"),
        ] as [(String, String, Int, String?)])
    func routes(_ method: String, _ path: String, _ status: Int, _ allow: String?) async {
        let response = await WebHouse().ask(method, path)
        #expect(response.status == status)
        #expect(response.header("Allow") == allow)
        if status >= 400 { #expect(response.json?["error"]?.stringValue?.isEmpty == false) }
    }

    @Test("health says what runs here")
    func health() async {
        let health = await WebHouse().ask("GET", "/health").json
        #expect(
            health == [
                "status": "healthy", "service": "cortex-orchestrator", "version": "1.2.3", "uptime": 7,
                "healing_enabled": true, "tool_servers": ["known": 0, "up": 0],
                "in_flight": ["tasks": 0, "healings": 0, "streams": 0],
            ])
    }

    @Test("readiness gives its reasons")
    func readiness() async {
        let house = WebHouse()
        house.readiness.isNotReady("kubernetes", because: "refused")
        let response = await house.ask("GET", "/readyz")
        #expect(response.status == 503)
        #expect(response.text == "not ready: kubernetes: refused\n")
        house.readiness.isReady("kubernetes")
        #expect(await house.ask("GET", "/readyz").status == 200)
        #expect(await house.ask("GET", "/livez").status == 200)
    }
}
