import FoundationEssentials
import JSON
import Kubernetes
import Testing

@Suite("Lists")
struct ListTests {
    @Test("an Event that makes no sense hides no other Event")
    func senselessEvent() {
        let list: ObjectList<Event> = decoded(
            """
            {"metadata": {"resourceVersion": "4"}, "items": [
                {"metadata": {"name": "a"}, "involvedObject": {"kind": "Pod", "name": "p"}, "reason": "Killing"},
                {"metadata": {"name": "b"}, "involvedObject": {"kind": "Pod"}, "lastTimestamp": "yesterday"},
                17,
                {"metadata": {"name": "c"}, "involvedObject": {"kind": "Pod", "name": "p"}, "count": 3}
            ]}
            """)
        #expect(list.items.map(\.name) == ["a", "c"])
        #expect(list.metadata.resourceVersion == "4")
    }

    @Test("a list of anything else is not read without one of its items: its absence would be taken for the truth")
    func senselessNode() {
        let text = #"{"metadata": {}, "items": [{"metadata": {"name": "n", "creationTimestamp": "yesterday"}}]}"#
        #expect(throws: (any Error).self) {
            try JSONCoding.decode(ObjectList<Node>.self, from: Data(text.utf8))
        }
    }
}
