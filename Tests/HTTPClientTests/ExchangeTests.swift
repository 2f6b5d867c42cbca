import FoundationEssentials
import HTTPClient
import Synchronization
import Testing

@Suite("A whole exchange")
struct ExchangeTests {
    private let transport = CurlTransport()

    @Test("an answer comes with its status, headers and body")
    func wholeAnswer() async throws {
        let server = ScriptedServer.answering(
            "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nX-Two: a\r\nX-Two: b\r\n"
                + "Content-Length: 5\r\n\r\nhello")
        let response = try await transport.send(HTTPRequest(url: server.url + "/a?b=c"))
        #expect(response.status == 404)
        #expect(response.headers["content-TYPE"] == "application/json")
        #expect(response.headers.fields.filter { $0.name == "X-Two" }.map(\.value) == ["a", "b"])
        #expect(response.body == Data("hello".utf8))
    }

    @Test("a chunked body is put together, and its trailers are not headers")
    func chunked() async throws {
        let server = ScriptedServer.answering(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nX-Late: 1\r\n\r\n")
        let response = try await transport.send(HTTPRequest(url: server.url))
        #expect(response.body == Data("hello world".utf8))
        #expect(response.headers["X-Late"] == nil)
    }

    @Test("an interim answer is passed over")
    func interim() async throws {
        let server = ScriptedServer.answering(
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let response = try await transport.send(HTTPRequest(url: server.url))
        #expect(response.status == 200)
        #expect(response.headers["Link"] == nil)
    }

    @Test("a redirect is an answer like any other")
    func redirect() async throws {
        let server = ScriptedServer.answering("HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n")
        let response = try await transport.send(HTTPRequest(url: server.url))
        #expect(response.status == 302)
        #expect(response.headers["location"] == "/there")
    }

    @Test(
        "method, path, headers and body go out as they were given",
        arguments: [
            ("GET", nil, nil), ("POST", "{\"a\":1}", "7"), ("POST", nil, "0"), ("PUT", "x", "1"), ("PATCH", "y", "1"),
            ("DELETE", "{}", "2"), ("DELETE", nil, nil), ("GET", "odd", "3"), ("REPORT", "z", "1"),
        ] as [(String, String?, String?)])
    func requestAsSent(method: String, body: String?, length: String?) async throws {
        let seen = Mutex("")
        let server = ScriptedServer { connection in
            let request = connection.readRequest() ?? ""
            seen.withLock { $0 = request }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        var request = HTTPRequest(method: method, url: server.url + "/p%20q?r=s&t", body: body.map { Data($0.utf8) })
        request.headers = [("Accept", "text/plain"), ("X-Empty", ""), ("Authorization", "Bearer t")]
        _ = try await transport.send(request)
        let text = seen.withLock { $0 }
        let lines = text.components(separatedBy: "\r\n")
        #expect(lines[0] == "\(method) /p%20q?r=s&t HTTP/1.1")
        #expect(lines.contains("Accept: text/plain"))
        #expect(lines.contains("X-Empty:"))
        #expect(lines.contains("Authorization: Bearer t"))
        #expect(lines.contains("Host: 127.0.0.1:\(server.port)"))
        #expect(lines.first { $0.hasPrefix("Content-Length:") } == length.map { "Content-Length: \($0)" })
        #expect(!lines.contains { $0.hasPrefix("Content-Type:") || $0.hasPrefix("Expect:") })
        #expect(!lines.contains { $0.hasPrefix("Accept-Encoding:") })
        #expect(lines.last == body ?? "")
    }

    @Test("a large body goes out whole, without waiting to be asked for it")
    func largeRequestBody() async throws {
        let size = Mutex(0)
        let server = ScriptedServer { connection in
            let request = connection.readRequest() ?? ""
            size.withLock { $0 = request.utf8.count }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        let body = Data(repeating: UInt8(ascii: "x"), count: 300_000)
        let response = try await transport.send(HTTPRequest(method: "POST", url: server.url, body: body))
        #expect(response.status == 200)
        #expect(size.withLock { $0 } > 300_000)
    }

    @Test("HEAD has no body, whatever length it names")
    func head() async throws {
        let server = ScriptedServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
        let response = try await transport.send(HTTPRequest(method: "HEAD", url: server.url))
        #expect(response.status == 200)
        #expect(response.body.isEmpty)
    }

    @Test("one request after another uses one connection")
    func reuse() async throws {
        let server = ScriptedServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        for _ in 0..<5 { _ = try await transport.send(HTTPRequest(url: server.url)) }
        #expect(server.connections == 1)
        #expect(transport.statistics.connections == 1)
        #expect(transport.statistics.completed == 5)
    }

    @Test("many at once all get their answer, within the limit for one host")
    func manyAtOnce() async throws {
        let transport = CurlTransport(limits: TransportLimits(transfersPerHost: 8))
        let server = ScriptedServer { connection in
            while let request = connection.readRequest() {
                let path = request.split(separator: " ")[1]
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(path.utf8.count)\r\n\r\n\(path)")
            }
        }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let response = try await transport.send(HTTPRequest(url: server.url + "/\(number)"))
                    return response.body == Data("/\(number)".utf8)
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
        #expect(server.connections <= 8)
        #expect(transport.statistics.completed == 200)
    }
}
