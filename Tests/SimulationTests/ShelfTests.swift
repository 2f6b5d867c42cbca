import JSON
import Testing

@testable import Simulation

@Suite("The shelves of the simulated cluster's store")
struct ShelfTests {
    private static func event(_ number: Int, _ message: String) -> JSONValue {
        [
            "metadata": ["namespace": "a", "name": .string("event-\(number)"), "labels": ["é": "\"quoted\"\n"]],
            "message": .string(message), "count": .integer(number), "eventTime": .null, "isNew": true,
            "share": .number(0.5),
        ]
    }

    @Test("what is packed because there is so much of it is found, changed and taken away as anything else is")
    func packing() {
        var shelf = Shelf(isPacked: true)
        let numbers = 0..<(Shelf.values + 10)
        for number in numbers { shelf.set(ObjectKey("a", "event-\(number)"), Self.event(number, "first")) }
        let last = ObjectKey("a", "event-\(numbers.last ?? 0)")
        #expect(shelf.count == numbers.count)
        #expect(shelf[last] == Self.event(numbers.last ?? 0, "first"))
        #expect(numbers.allSatisfy { shelf[ObjectKey("a", "event-\($0)")] == Self.event($0, "first") })
        shelf.set(last, Self.event(1, "second"))
        #expect(shelf[last] == Self.event(1, "second"))
        #expect(shelf.count == numbers.count)
        shelf.set(last, nil)
        #expect(shelf[last] == nil)
        #expect(shelf.count == numbers.count - 1)
        #expect(shelf.keys(in: "a").count == numbers.count - 1)
    }

    @Test("room that became free is used for values again, and the packed form of the same object goes")
    func unpacking() {
        var shelf = Shelf(isPacked: true)
        for number in 0...Shelf.values { shelf.set(ObjectKey("a", "event-\(number)"), Self.event(number, "first")) }
        let packed = ObjectKey("a", "event-\(Shelf.values)")
        shelf.set(ObjectKey("a", "event-0"), nil)
        shelf.set(packed, Self.event(7, "second"))
        #expect(shelf[packed] == Self.event(7, "second"))
        shelf.set(packed, nil)
        #expect(shelf[packed] == nil)
        #expect(shelf.count == Shelf.values - 1)
    }
}
