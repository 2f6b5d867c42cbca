import Testing

@testable import cortex

@Suite("The service that a name means")
struct ServiceHostTests {
    @Test(
        "is its host name's first label, in the namespace that the host name tells",
        arguments: [
            ("web", "web", nil), ("web.shop", "web", "shop"), ("web.shop.svc", "web", "shop"),
            ("web.shop.svc.cluster.local", "web", "shop"), ("web.example.org", "web", nil), ("2-b", "2-b", nil),
        ] as [(String, String, String?)])
    func host(name: String, service: String, namespace: String?) {
        #expect(ServiceHost.service(of: name) == service)
        #expect(ServiceHost.namespace(ofHost: name) == namespace)
        #expect(ServiceHost.namespace(of: "http://\(name):3000/mcp") == namespace)
    }

    @Test(
        "is none where no Service can be called so: the text would stand in commands that people copy",
        arguments: [
            "", ".", "Bad Name!", "../../etc/passwd", "web;reboot", "web.shop;reboot", "web.$(reboot)", "-web", "web-",
            "a_b", "wéb", String(repeating: "a", count: 64),
        ])
    func noService(name: String) { #expect(ServiceHost.service(of: name) == nil) }
}
