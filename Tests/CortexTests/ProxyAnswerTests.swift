import Diagnosis
import FoundationEssentials
import Testing

@testable import cortex

@Suite("What the API server says of a service that it asks for Cortex")
struct ProxyAnswerTests {
    private static func status(_ kind: String) -> Data {
        Data(
            """
            {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "\(kind) \\"web\\" not found",
             "reason": "NotFound", "details": {"name": "web", "kind": "\(kind)"}, "code": 404}
            """.utf8)
    }

    @Test(
        "a Service without endpoints does not answer, though the API server does", arguments: ["endpoints", "services"])
    func withoutEndpoints(kind: String) throws {
        let answer = try #require(ProxyAnswer.missing(Self.status(kind)))
        #expect(answer.kind == .unreachable && answer.message == "nothing is behind it: \(kind) \"web\" not found")
    }

    @Test("a service that does not have the path has answered")
    func ownAnswer() {
        #expect(ProxyAnswer.missing(Data("<h1>404 Not Found</h1>".utf8)) == nil)
        #expect(ProxyAnswer.missing(Data("{\"error\": \"not found\"}".utf8)) == nil)
        #expect(ProxyAnswer.missing(Self.status("widgets")) == nil, "a service may speak as the API server does")
    }
}
