import Kubernetes
import Testing

@Suite("the store")
struct StoreTests {
    typealias Change = Store<Node>.Change

    @Test("a relist tells what is new, what differs and what is gone, and nothing about what stayed")
    func relist() {
        var store = Store<Node>()
        let (a, b, c) = (node("a", version: "1"), node("b", version: "2"), node("c", version: "3"))
        #expect(store.replace(with: [b, a]) == [.added(a), .added(b)])
        let newer = node("b", version: "4")
        #expect(store.replace(with: [newer, c]) == [.deleted(a), .updated(old: b, new: newer), .added(c)])
        #expect(store.replace(with: [newer, c]) == [])
        #expect(store.count == 2)
    }

    @Test("an object of the same name that was made again is an update even at the same resourceVersion")
    func recreated() {
        var store = Store<Node>()
        let (old, new) = (node("a", version: "1", uid: "x"), node("a", version: "1", uid: "y"))
        _ = store.replace(with: [old])
        #expect(store.replace(with: [new]) == [.updated(old: old, new: new)])
    }

    @Test("events of a watch change the picture one by one; what is known already changes nothing")
    func events() {
        var store = Store<Node>()
        let (one, two) = (node("a", version: "1"), node("a", version: "2"))
        #expect(store.apply(.added(one)) == .added(one))
        #expect(store.apply(.added(one)) == nil)
        #expect(store.apply(.modified(two)) == .updated(old: one, new: two))
        #expect(store.apply(.bookmark(resourceVersion: "9")) == nil)
        #expect(store["", "a"] == two)
        #expect(store.apply(.deleted(two)) == .deleted(two))
        #expect(store.apply(.deleted(two)) == nil)
        #expect(store.values.isEmpty)
    }
}
