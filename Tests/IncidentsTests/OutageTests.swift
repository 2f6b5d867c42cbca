import Diagnosis
import Testing

@testable import Incidents

@Suite("What a failed call tells of where it went")
struct OutageTests {
    @Test(
        "the port is known where the URL names the Service as the cluster does, and not where it leads there otherwise",
        arguments: [
            ("http://web.shop.svc.cluster.local:8080/mcp", 8080), ("http://web.shop.svc/mcp?x=1", 80),
            ("https://web", 443), ("http://WEB.shop:81", 81), ("http://web.shop.svc:", nil),
            ("http://web.other.svc:81", nil), ("http://10.43.0.7:81", nil), ("http://node1:30080/mcp", nil),
            ("http://127.0.0.1:8001/api/v1/namespaces/shop/services/web:80/proxy", nil), ("web.shop:80", nil),
            (nil, nil),
        ])
    func port(url: String?, port: Int?) {
        let outage = Outage(
            service: "web", namespace: "shop", url: url, answer: ServiceAnswer(kind: .timeout, message: "timed out"))
        #expect(outage.askedPort == port)
    }
}
