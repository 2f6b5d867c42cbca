import FoundationEssentials
import Glibc
import HTTPClient
import Synchronization
import Testing

@Suite("Why there is no answer")
struct FailureTests {
    private let transport = CurlTransport()

    @Test("nobody listens: refused, certainly not sent, and the message names whom")
    func refused() async throws {
        let (descriptor, port) = ScriptedServer.listen(backlog: 1)
        close(descriptor)
        let failure = try await failureOf {
            try await transport.send(HTTPRequest(method: "POST", url: "http://127.0.0.1:\(port)/"))
        }
        #expect(failure.kind == .connectionRefused)
        #expect(failure.message == "connection refused by 127.0.0.1:\(port)")
        #expect(!failure.mayHaveBeenSent)
    }

    @Test("a name that cannot exist (RFC 6761) is not found")
    func nameNotFound() async throws {
        let failure = try await failureOf {
            try await transport.send(HTTPRequest(url: "http://tool.invalid/", connectTimeout: .seconds(20)))
        }
        // Where the resolver itself is silent it is the connection that takes too long.
        #expect([.nameNotFound, .connectTimeout].contains(failure.kind))
        #expect(failure.message.contains("tool.invalid"))
        #expect(!failure.mayHaveBeenSent)
    }

    @Test(
        "what is no URL for HTTP is refused at once",
        arguments: [
            "", "nonsense:", "http://", "http://a b/", "ftp://127.0.0.1/", "file:///etc/passwd", "http://x:99999/",
        ])
    func invalidURL(url: String) async throws {
        let failure = try await failureOf { try await transport.send(HTTPRequest(url: url)) }
        #expect(failure.kind == .invalidURL)
        #expect(!failure.mayHaveBeenSent)
    }

    @Test("a secret in the query of a bad URL is not repeated")
    func secretInURL() async throws {
        let failure = try await failureOf { try await transport.send(HTTPRequest(url: "ftp://host/?token=s3cret")) }
        #expect(!failure.message.contains("s3cret"))
    }

    @Test(
        "a header that would forge another is refused at once",
        arguments: [("X", "a\r\nY: b"), ("X\n", "a"), ("X Y", "a"), ("", "a"), ("X", "a\0b")])
    func forgedHeader(name: String, value: String) async throws {
        let failure = try await failureOf {
            try await transport.send(HTTPRequest(url: "http://127.0.0.1:1/", headers: [(name, value)]))
        }
        #expect(failure.kind == .protocolError)
        #expect(!failure.mayHaveBeenSent)
    }

    @Test("a server that never answers: out of time, and nobody knows what it did")
    func neverAnswers() async throws {
        let server = ScriptedServer { $0.waitForEnd() }
        let failure = try await failureOf {
            try await transport.send(HTTPRequest(method: "POST", url: server.url, timeout: .milliseconds(200)))
        }
        #expect(failure.kind == .timeout)
        #expect(failure.message == "no answer from 127.0.0.1:\(server.port) within 200 ms")
        #expect(failure.mayHaveBeenSent)
    }

    @Test("a connection that does not come about in time was certainly not used")
    func connectTimeout() async throws {
        // With its short queue full, the system drops further connections silently.
        let (listener, port) = ScriptedServer.listen(backlog: 0)
        var fillers: [Int32] = []
        defer { for descriptor in fillers + [listener] { close(descriptor) } }
        for _ in 0..<8 { fillers.append(ScriptedServer.beginConnection(to: port)) }
        let failure = try await failureOf {
            try await transport.send(
                HTTPRequest(method: "POST", url: "http://127.0.0.1:\(port)/", connectTimeout: .milliseconds(200)))
        }
        #expect(failure.kind == .connectTimeout)
        #expect(failure.message == "no connection to 127.0.0.1:\(port) within 200 ms")
        #expect(!failure.mayHaveBeenSent)
    }

    @Test("a TLS handshake without an end is a connection that did not come about")
    func handshakeTimeout() async throws {
        let server = ScriptedServer { $0.waitForEnd() }
        let failure = try await failureOf {
            try await transport.send(
                HTTPRequest(url: "https://127.0.0.1:\(server.port)/", connectTimeout: .milliseconds(200)))
        }
        #expect(failure.kind == .connectTimeout)
        #expect(!failure.mayHaveBeenSent)
    }

    @Test(
        "an answer that breaks off is no answer",
        arguments: [
            "", "HTTP/1.1 200 O", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhello",
        ])
    func breaksOff(answer: String) async throws {
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.write(answer)
        }
        let failure = try await failureOf {
            try await transport.send(HTTPRequest(method: "POST", url: server.url))
        }
        #expect([.connectionReset, .protocolError].contains(failure.kind))
        #expect(failure.mayHaveBeenSent)
        #expect(failure.message.contains("127.0.0.1:\(server.port)"))
    }

    @Test(
        "what is not HTTP is a protocol error",
        arguments: [
            "nonsense\r\n\r\n", "220 smtp.example ready\r\n", "\u{0}\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\n\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
            "HTTP/7.7 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        ])
    func garbage(answer: String) async throws {
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.write(answer)
        }
        let failure = try await failureOf { try await transport.send(HTTPRequest(url: server.url)) }
        #expect(failure.kind == .protocolError)
        #expect(failure.mayHaveBeenSent)
    }

    @Test("a change is sent once: a reused connection that dies under it is not tried again")
    func changeIsSentOnce() async throws {
        let posts = Mutex(0)
        let server = ScriptedServer { connection in
            while let request = connection.readRequest() {
                if request.hasPrefix("POST") {
                    posts.withLock { $0 += 1 }
                    return
                }
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            }
        }
        _ = try await transport.send(HTTPRequest(url: server.url))
        let failure = try await failureOf {
            try await transport.send(HTTPRequest(method: "POST", url: server.url, body: Data("x".utf8)))
        }
        #expect(failure.kind == .connectionReset)
        #expect(failure.mayHaveBeenSent)
        #expect(posts.withLock { $0 } == 1)
    }

    @Test("a question is asked again when the reused connection dies under it")
    func questionIsAskedAgain() async throws {
        let server = ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            _ = connection.readRequest()
        }
        _ = try await transport.send(HTTPRequest(url: server.url))
        #expect(try await transport.send(HTTPRequest(url: server.url)).status == 200)
        #expect(server.connections == 2)
    }

    @Test("silence ends the exchange, a slow drip does not")
    func silence() async throws {
        let server = ScriptedServer { connection in
            let isComplete = connection.readRequest()?.hasPrefix("GET /all") == true
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n")
            for _ in 0..<(isComplete ? 20 : 10) {
                usleep(150_000)  // the drip that the idle limit is about
                connection.write("x")
            }
            if !isComplete { connection.waitForEnd() }
        }
        // Longer than the silence that is allowed, but never silent for so long.
        var request = HTTPRequest(url: server.url + "/all", idleTimeout: .seconds(2))
        #expect(try await transport.send(request).body.count == 20)
        request.url = server.url + "/half"
        request.timeout = nil
        let failure = try await failureOf { try await transport.send(request) }
        #expect(failure.kind == .timeout)
        #expect(failure.message == "127.0.0.1:\(server.port) sent nothing for 2 s")
        #expect(failure.mayHaveBeenSent)
    }
}

extension ScriptedServer {
    /// A connection that is asked for; whether it comes about is the system's business.
    static func beginConnection(to port: Int) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return descriptor
    }
}
