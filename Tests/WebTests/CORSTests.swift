import HTTPServer
import Testing

@testable import Web

@Suite("pages of other origins")
struct CORSTests {
    private static let page = "https://chat.example.com"
    private static let body = #"{"query": "list sandfly hosts", "streaming": false}"#

    @Test(
        "an origin may read answers when it is named, or all are",
        arguments: [
            ([], nil), (["https://chat.example.com"], "https://chat.example.com"), (["*"], "*"),
            (["https://other.example.com"], nil),
        ] as [([String], String?)])
    func reading(_ origins: [String], _ allowed: String?) async {
        let response = await WebHouse(origins: origins).ask("GET", "/health", headers: [("Origin", Self.page)])
        #expect(response.header("Access-Control-Allow-Origin") == allowed)
        #expect((response.header("Vary") == "Origin") == !(origins.isEmpty || origins == ["*"]))
    }

    @Test(
        "a page may send a task when its origin is allowed or is this server's own",
        arguments: [
            ([], "https://chat.example.com", 403), (["https://chat.example.com"], "https://chat.example.com", 200),
            (["*"], "null", 200), ([], "null", 403), ([], "http://cortex.example.com", 200),
            ([], "http://cortex.example.com.evil.example.com", 403),
        ] as [([String], String, Int)])
    func writing(_ origins: [String], _ origin: String, _ status: Int) async {
        let response = await WebHouse(origins: origins).ask(
            "POST", "/api/tasks", Self.body, headers: [("host", "cortex.example.com"), ("ORIGIN", origin)])
        #expect(response.status == status)
    }

    @Test("a preflight is answered with what is allowed")
    func preflight() async {
        let response = await WebHouse(origins: [Self.page]).ask(
            "OPTIONS", "/api/tasks", headers: [("Origin", Self.page), ("Access-Control-Request-Method", "POST")])
        #expect(response.status == 204)
        #expect(response.header("Access-Control-Allow-Methods") == "POST, OPTIONS")
        #expect(response.header("Access-Control-Allow-Headers")?.contains("Content-Type") == true)
        let stranger = await WebHouse(origins: [Self.page]).ask(
            "OPTIONS", "/api/tasks", headers: [("Origin", "https://evil.example.com")])
        #expect(stranger.header("Access-Control-Allow-Methods") == nil)
    }
}
