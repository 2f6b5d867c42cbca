import FoundationEssentials
import Glibc
import HTTPClient
import Synchronization
import Testing

@Suite("Through a proxy")
struct ProxyTests {
    private let transport = CurlTransport()

    @Test("a plain request is given to the proxy whole")
    func plain() async throws {
        let seen = Mutex("")
        let proxy = ScriptedServer { connection in
            let request = connection.readRequest() ?? ""
            seen.withLock { $0 = request }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes")
        }
        let response = try await transport.send(HTTPRequest(url: "http://tool.invalid/a", proxy: proxy.url))
        #expect(response.body == Data("yes".utf8))
        #expect(seen.withLock { $0 }.hasPrefix("GET http://tool.invalid/a HTTP/1.1\r\nHost: tool.invalid\r\n"))
    }

    @Test("for TLS the proxy is asked for a tunnel; when it refuses, nothing was sent")
    func refusedTunnel() async throws {
        let seen = Mutex("")
        let proxy = ScriptedServer { connection in
            let request = connection.readRequest() ?? ""
            seen.withLock { $0 = request }
            connection.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
        }
        let failure = try await failureOf {
            try await transport.send(HTTPRequest(method: "POST", url: "https://tool.invalid/", proxy: proxy.url))
        }
        #expect(seen.withLock { $0 }.hasPrefix("CONNECT tool.invalid:443 HTTP/1.1\r\n"))
        #expect(failure.kind == .proxy)
        #expect(failure.message.contains("403"))
        #expect(!failure.mayHaveBeenSent)
    }

    @Test("a proxy that is not there is the proxy's failure", arguments: ["http", "socks5"])
    func missing(scheme: String) async throws {
        let (descriptor, port) = ScriptedServer.listen(backlog: 1)
        close(descriptor)
        let failure = try await failureOf {
            try await transport.send(
                HTTPRequest(method: "POST", url: "http://10.0.0.1/", proxy: "\(scheme)://127.0.0.1:\(port)"))
        }
        #expect(failure.kind == .proxy)
        #expect(!failure.mayHaveBeenSent)
    }
}
