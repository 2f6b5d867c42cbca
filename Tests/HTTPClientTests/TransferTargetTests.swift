import Testing

@testable import HTTPClient

@Suite("Where a request goes when another name is to be verified")
struct TransferTargetTests {
    @Test(
        "the name takes the host's place, the connection and the Host header keep the host",
        arguments: [
            (
                "https://10.0.0.1:6443/api?x=1", "https://kubernetes:6443/api?x=1", "kubernetes:6443:10.0.0.1:6443",
                "10.0.0.1:6443"
            ),
            ("https://10.0.0.1/", "https://kubernetes/", "kubernetes:443:10.0.0.1:443", "10.0.0.1"),
            ("https://[::1]:6443/", "https://kubernetes:6443/", "kubernetes:6443:[::1]:6443", "[::1]:6443"),
        ])
    func named(url: String, rewritten: String, connectTo: String, host: String) throws {
        let target = try TransferTarget(url: url, serverName: "kubernetes")
        #expect(target.url == rewritten)
        #expect(target.connectTo == connectTo)
        #expect(target.hostHeader == host)
        #expect(target.key == (try TransferTarget(url: url, serverName: nil)).key)
    }

    @Test(
        "without another name, or without TLS, nothing is changed",
        arguments: [("https://a:1/", nil), ("https://a:1/", "a"), ("http://a:1/", "b")] as [(String, String?)])
    func unchanged(url: String, name: String?) throws {
        let target = try TransferTarget(url: url, serverName: name)
        #expect(target.url == url)
        #expect(target.connectTo == nil)
        #expect(target.hostHeader == nil)
    }

    @Test("a name that is none is refused", arguments: ["a b", "a/b", "a:b@c"])
    func badName(name: String) {
        #expect(throws: HTTPFailure.self) { try TransferTarget(url: "https://a/", serverName: name) }
    }
}
