import Kubernetes
import Testing

@Suite("the work queue")
struct WorkQueueTests {
    @Test("a key that is added several times is worked on once")
    func once() {
        var queue = WorkQueue<String>(seed: 1)
        for key in ["a", "b", "a", "a"] { queue.add(key) }
        #expect(queue.count == 2)
        #expect(queue.next(now: .zero) == "a")
        #expect(queue.next(now: .zero) == "b")
        #expect(queue.next(now: .zero) == nil)
    }

    @Test("a key in flight is not given out again, and comes back when it was added meanwhile")
    func oneInFlight() {
        var queue = WorkQueue<String>(seed: 1)
        queue.add("a")
        #expect(queue.next(now: .zero) == "a")
        queue.add("a")
        #expect(queue.next(now: .zero) == nil)
        queue.done("a")
        #expect(queue.next(now: .zero) == "a")
        queue.done("a")
        #expect(queue.next(now: .zero) == nil)
        #expect(queue.inFlight == 0)
    }

    @Test("a delayed key comes at its time, and the earlier of two times wins")
    func delayed() {
        var queue = WorkQueue<String>(seed: 1)
        queue.add("a", at: .seconds(10))
        queue.add("a", at: .seconds(5))
        queue.add("a", at: .seconds(7))
        #expect(queue.nextTime == .seconds(5))
        #expect(queue.next(now: .seconds(4)) == nil)
        #expect(queue.next(now: .seconds(5)) == "a")
        #expect(queue.nextTime == nil)
    }

    @Test("each rate-limited try waits longer, until the key is forgotten")
    func rateLimited() throws {
        var queue = WorkQueue<String>(seed: 1)
        var waits: [Duration] = []
        for _ in 0..<14 {
            queue.addRateLimited("a", now: .zero)
            let time = try #require(queue.nextTime)
            waits.append(time)
            #expect(queue.next(now: time) == "a")
            queue.done("a")
        }
        #expect(waits[0] < .seconds(1))
        #expect(zip(waits, waits.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(waits.last == .seconds(300))
        #expect(queue.tries(of: "a") == 14)
        queue.forget("a")
        queue.addRateLimited("a", now: .zero)
        #expect(try #require(queue.nextTime) < .seconds(1))
    }

    @Test("a full queue drops what is new and counts it, and still takes what it knows")
    func full() {
        var queue = WorkQueue<Int>(seed: 1, capacity: 2)
        let taken = [1, 2, 3, 1].map { queue.add($0) }
        #expect(taken == [true, true, false, true])
        #expect(queue.dropped == 1)
    }

    @Test("keys come out in the order in which they went in, however many there are")
    func order() {
        var queue = WorkQueue<Int>(seed: 1)
        for key in 0..<1000 { queue.add(key) }
        let drained = (0..<1000).compactMap { _ in queue.next(now: .zero) }
        #expect(drained == Array(0..<1000))
        #expect(queue.count == 0)
    }
}
