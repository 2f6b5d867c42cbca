import FoundationEssentials
import JSON
import Kubernetes
import Testing

@Suite("requests as values")
struct RequestTests {
    static func body(_ request: APIRequest) throws -> JSONValue {
        try JSONCoding.decode(JSONValue.self, from: try #require(request.body))
    }

    @Test("a scale carries the state it was decided on")
    func scale() throws {
        let request = APIRequest.scale(
            .deployments, namespace: "n", name: "d", replicas: 2, preconditions: .init(uid: "u", resourceVersion: "7"))
        #expect(request.path == "/apis/apps/v1/namespaces/n/deployments/d/scale")
        #expect(request.hasPrecondition)
        #expect(
            try Self.body(request) == ["spec": ["replicas": 2], "metadata": ["uid": "u", "resourceVersion": "7"]])
    }

    @Test("a JSON patch tests the state before it changes anything")
    func jsonPatch() throws {
        let request = APIRequest.patch(
            .json, .services, namespace: "n", name: "s",
            change: [["op": "replace", "path": "/spec/selector/app", "value": "x"]],
            preconditions: .init(resourceVersion: "7"))
        #expect(try Self.body(request)[0]?["op"] == "test")
        #expect(try Self.body(request)[1]?["op"] == "replace")
        #expect(request.verb == .patch(.json))
    }

    @Test("a UID alone does not make a patch repeatable, but does so for a deletion")
    func uidOnly() throws {
        let patch = APIRequest.patch(
            .merge, .deployments, namespace: "n", name: "d", change: ["spec": [:]], preconditions: .init(uid: "u"))
        #expect(!patch.hasPrecondition)
        let deletion = APIRequest.delete(.pods, namespace: "n", name: "p", preconditions: .init(uid: "u"))
        #expect(deletion.hasPrecondition)
        #expect(
            try Self.body(deletion) == ["apiVersion": "v1", "kind": "DeleteOptions", "preconditions": ["uid": "u"]])
    }

    @Test("an eviction names its policy version and the pod's UID")
    func eviction() throws {
        let request = APIRequest.evict(
            pod: "p", namespace: "n", version: "v1beta1", preconditions: .init(uid: "u"), gracePeriodSeconds: 5)
        #expect(request.path == "/api/v1/namespaces/n/pods/p/eviction")
        #expect(
            try Self.body(request) == [
                "apiVersion": "policy/v1beta1", "kind": "Eviction", "metadata": ["name": "p", "namespace": "n"],
                "deleteOptions": ["preconditions": ["uid": "u"], "gracePeriodSeconds": 5],
            ])
    }

    @Test("a log's limits go into the query")
    func logs() {
        let options = LogOptions(container: "c", tailLines: 5, previous: true, sinceSeconds: 60, limitBytes: 10)
        #expect(
            options.query.map { "\($0.name)=\($0.value)" } == [
                "container=c", "tailLines=5", "previous=true", "sinceSeconds=60", "limitBytes=10",
            ])
    }

    @Test("an event's message is cut to what the API server takes, at a whole character")
    func longEvent() throws {
        let object = ObjectReference(kind: "Deployment", namespace: "n", name: "d")
        let note = EventNote(object, .warning, reason: "HealingFailed", message: String(repeating: "é", count: 2000))
        let event = note.event(at: Date(timeIntervalSince1970: 1.7), id: "abc")
        let message = try #require(event.message)
        #expect(message.utf8.count <= EventNote.maximumMessage && message.utf8.count > 900)
        #expect(message.hasSuffix("…") && message.hasPrefix("éé"))
        #expect(event.name == "d.abc")
        #expect(event.lastTimestamp == Date(timeIntervalSince1970: 1))
        #expect(event.type == "Warning")
    }

    @Test("managedFields are kept as far as the reader asked")
    func retention() throws {
        let text = Data(
            #"""
            {"metadata": {"name": "a", "managedFields": [{"manager": "kubectl", "operation": "Update",
             "time": "2026-01-01T00:00:00Z", "fieldsV1": {"f:spec": {}}}]}}
            """#.utf8)
        let nothing = try JSONCoding.decode(Node.self, from: text, userInfo: Retention.nothing.userInfo)
        #expect(nothing.metadata.managedFields == nil)
        let managers = try JSONCoding.decode(Node.self, from: text, userInfo: Retention.managers.userInfo)
        #expect(managers.metadata.managedFields?.first?.manager == "kubectl")
        #expect(managers.metadata.managedFields?.first?.fieldsV1 == nil)
        let everything = try JSONCoding.decode(Node.self, from: text)
        #expect(everything.metadata.managedFields?.first?.fieldsV1 == ["f:spec": [:]])
    }

    @Test(
        "lines of a watch become events",
        arguments: [
            (#"{"type":"ADDED","object":{"metadata":{"name":"a"}}}"#, "a"),
            (#"{"type":"BOOKMARK","object":{"kind":"Node","metadata":{"resourceVersion":"44"}}}"#, "44"),
            (#"{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"old"}}"#, "410"),
        ])
    func watchLines(_ line: String, _ expected: String) throws {
        switch try WatchEvent<Node>(line: Data(line.utf8)) {
        case .added(let node): #expect(node.name == expected)
        case .bookmark(let version): #expect(version == expected)
        case .error(let status): #expect(String(status.code) == expected)
        case let other: Issue.record("\(other)")
        }
    }

    @Test(
        "a line that is no event is an error that names the kind",
        arguments: ["", "{", #"{"type":"NEW","object":{}}"#, #"{"type":"ADDED","object":{}}"#])
    func badLines(_ line: String) {
        #expect(throws: APIError.self) { try WatchEvent<Node>(line: Data(line.utf8)) }
    }

    @Test("a refusal keeps the server's Status; a proxy's page is kept as text, bounded and printable")
    func statuses() {
        let status = APIStatus(
            httpStatus: 409,
            body: Data(#"{"kind":"Status","reason":"Conflict","message":"changed","details":{"name":"d"}}"#.utf8))
        #expect(status.code == 409 && status.reason == "Conflict" && status.details?.name == "d")
        let page = APIStatus(
            httpStatus: 502, body: Data(("<html>\u{1B}[31m" + String(repeating: "x", count: 9000)).utf8))
        #expect(page.code == 502)
        #expect(page.message?.hasPrefix("HTTP 502: <html> [31m") == true)
        #expect((page.message?.count ?? 0) < 600)
    }
}
