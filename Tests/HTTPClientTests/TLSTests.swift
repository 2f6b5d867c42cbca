import FoundationEssentials
import HTTPClient
import Testing

@Suite("TLS", .enabled(if: TestAuthority.isAvailable, "the openssl command is missing: TLS was not tested"))
struct TLSTests {
    private let transport = CurlTransport()
    /// For `localhost`.
    private let authority: TestAuthority

    init() async throws { authority = try await TestAuthority() }

    private func tls(_ change: (inout TLSConfiguration) -> Void = { _ in }) -> TLSConfiguration {
        var tls = TLSConfiguration(certificateAuthorities: authority.certificate)
        change(&tls)
        return tls
    }

    private func text(_ response: HTTPResponse) -> String { String(decoding: response.body, as: UTF8.self) }

    @Test("a server whose certificate the given authority signed is trusted")
    func trusted() async throws {
        let server = try await TLSServer(authority)
        let response = try await transport.send(HTTPRequest(url: server.url(host: "localhost"), tls: tls()))
        #expect(response.status == 200)
    }

    @Test("one that another authority signed is not, and it is certain that nothing was sent")
    func wrongAuthority() async throws {
        let server = try await TLSServer(authority)
        let other = try await TestAuthority()
        let failure = try await failureOf {
            try await transport.send(
                HTTPRequest(
                    method: "POST", url: server.url(host: "localhost"),
                    tls: TLSConfiguration(certificateAuthorities: other.certificate)))
        }
        #expect(failure.kind == .tls)
        #expect(failure.message.contains("certificate"))
        #expect(!failure.mayHaveBeenSent)
    }

    @Test("with the system's authorities it is not trusted either")
    func systemAuthorities() async throws {
        let server = try await TLSServer(authority)
        let failure = try await failureOf {
            try await transport.send(HTTPRequest(url: server.url(host: "localhost")))
        }
        #expect(failure.kind == .tls)
    }

    @Test("a certificate for another name is refused, unless that name is the one asked for")
    func serverName() async throws {
        let server = try await TLSServer(authority)
        let url = server.url(host: "127.0.0.1")
        let failure = try await failureOf { try await transport.send(HTTPRequest(url: url, tls: tls())) }
        #expect(failure.kind == .tls)
        let named = HTTPRequest(url: url, tls: tls { $0.serverName = "localhost" })
        #expect(try await transport.send(named).status == 200)
    }

    @Test("the name that is asked for reaches the server, which may hold several")
    func serverNameIndication() async throws {
        // Ends the handshake when another name, or none, is asked for.
        let server = try await TLSServer(authority, ["-servername", "localhost", "-servername_fatal"])
        let url = server.url(host: "127.0.0.1")
        let named = HTTPRequest(url: url, tls: tls { $0.serverName = "localhost" })
        #expect(try await transport.send(named).status == 200)
        let other = HTTPRequest(url: url, tls: tls { $0.serverName = "other.example" })
        #expect(try await failureOf { try await transport.send(other) }.kind == .tls)
    }

    @Test("without verification any certificate will do")
    func unverified() async throws {
        let server = try await TLSServer(authority)
        let tls = TLSConfiguration(verifiesServer: false)
        #expect(try await transport.send(HTTPRequest(url: server.url(host: "127.0.0.1"), tls: tls)).status == 200)
    }

    @Test("a connection made without verification does not serve a request that wants it")
    func unverifiedIsNotReused() async throws {
        let server = try await TLSServer(authority)
        let url = server.url(host: "localhost")
        let careless = HTTPRequest(url: url, tls: TLSConfiguration(verifiesServer: false))
        #expect(try await transport.send(careless).status == 200)
        #expect(try await failureOf { try await transport.send(HTTPRequest(url: url)) }.kind == .tls)
    }

    @Test("the client shows its certificate where the server wants one")
    func clientCertificate() async throws {
        let server = try await TLSServer(authority, ["-Verify", "1", "-verify_return_error"])
        let url = server.url(host: "localhost")
        let shown = HTTPRequest(
            url: url,
            tls: tls {
                $0.clientCertificate = authority.leaf
                $0.clientKey = authority.leafKey
            })
        #expect(try await transport.send(shown).status == 200)
        let failure = try await failureOf { try await transport.send(HTTPRequest(url: url, tls: tls())) }
        #expect(failure.kind == .tls)
    }

    @Test("what is no certificate or no key says so, and nothing is sent", arguments: [0, 1, 2])
    func broken(part: Int) async throws {
        let server = try await TLSServer(authority)
        let nonsense = Data("-----BEGIN NONSENSE-----\n".utf8)
        let tls = tls {
            if part == 0 { $0.certificateAuthorities = nonsense }
            if part > 0 { $0.clientCertificate = part == 1 ? nonsense : authority.leaf }
            if part > 0 { $0.clientKey = part == 2 ? nonsense : authority.leafKey }
        }
        let failure = try await failureOf {
            try await transport.send(HTTPRequest(method: "POST", url: server.url(host: "localhost"), tls: tls))
        }
        #expect(failure.kind == .tls)
        #expect(!failure.mayHaveBeenSent)
    }

    @Test("plain HTTP on the other side is a TLS failure")
    func plain() async throws {
        let server = ScriptedServer { connection in
            _ = connection.read()
            connection.write("HTTP/1.1 400 Bad Request\r\n\r\n")
        }
        let failure = try await failureOf {
            try await transport.send(HTTPRequest(method: "POST", url: "https://127.0.0.1:\(server.port)/"))
        }
        #expect(failure.kind == .tls)
        #expect(!failure.mayHaveBeenSent)
    }
}
