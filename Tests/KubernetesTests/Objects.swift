import FoundationEssentials
import JSON
import Kubernetes

/// Nodes are the smallest objects, so they stand for any kind here.
func node(_ name: String, version: String, uid: String = "u") -> Node {
    decoded(#"{"metadata": {"name": "\#(name)", "resourceVersion": "\#(version)", "uid": "\#(uid)"}}"#)
}

func page(_ nodes: [Node], version: String? = "10", next: String? = nil) -> ObjectList<Node> {
    var list: ObjectList<Node> = decoded(#"{"metadata": {}, "items": []}"#)
    list.metadata.resourceVersion = version
    list.metadata.continue = next
    list.items = nodes
    return list
}

func decoded<Value: Decodable>(_ text: String) -> Value {
    do {
        return try JSONCoding.decode(Value.self, from: Data(text.utf8))
    } catch {
        fatalError("\(error)")
    }
}
